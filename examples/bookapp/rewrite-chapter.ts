// Writes one chapter anew. The folder begins as a copy of the published book; readers keep the old one until the new one is whole.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JobContext } from 'holdfast/job'
import { artifactOf, chapterFile, readBook, readChapter, wordsIn } from './book.ts'
import type { Rewrite } from './order.ts'
import { assemble } from './output/book-folder.ts'
import { phasesOf } from './phases.ts'
import { chapterPrompt, listening, soFarOf } from './story.ts'
import { openWriter } from './writer/writer.ts'

export default async function rewriteChapter(job: JobContext<Rewrite>) {
  job.heartbeat()
  const { chapter, wish } = job.input
  const folder = job.output(artifactOf(job.input.book))
  const book = readBook(folder)
  const planned = book.chapters[chapter - 1]
  if (planned === undefined) throw new Error(`“${book.title}” has ${book.chapters.length} chapters, and no chapter ${chapter}`)
  const phase = phasesOf(job, { phases: ['Writing', 'Post-Processing'] })
  const words = await phase('Writing', async () => {
    const writer = await openWriter()
    const parts = {
      work: `“${book.title}”`,
      title: planned.title,
      event: book.events[chapter - 1] ?? '',
      words: book.words,
      blueprint: book.blueprint,
    }
    const prompt = chapterPrompt({ ...parts, before: chapter === 1 ? '' : readChapter(folder, chapter - 1) })
    const instructions = wish === '' ? prompt : `${prompt}\n\nThis time: ${wish}`
    const heard = listening(job, (soFar) => job.progress({ done: 0, total: 1, unit: 'chapters', message: soFarOf(chapter, soFar) }))
    const text = await writer.write({ instructions, lines: null, words: book.words, seed: `${book.id}/rewrite ${job.id}` }, heard)
    writeFileSync(join(folder, chapterFile(chapter)), `${text}\n`)
    job.heartbeat()
    job.log(`chapter ${chapter} saved: “${planned.title}”, ${wordsIn(text)} words`)
    job.progress({ done: 1, total: 1, unit: 'chapters' })
    return wordsIn(text)
  })
  await phase('Post-Processing', () => assemble(folder, book))
  return { chapter, words }
}
