// Writes one chapter anew. The folder begins as a copy of the published book; readers keep the old one until the new one is whole.
import { writeFileSync } from 'node:fs'
import type { JobContext } from 'holdfast/job'
import { artifactOf, chapterPath, readBook, readChapter, wordsIn } from './book.ts'
import type { Rewrite } from './order.ts'
import { assemble } from './output/assemble.ts'
import { phasesOf } from './phases.ts'
import { writtenChapter } from './story.ts'
import { openWriter } from './writer/writer.ts'

export default async function rewriteChapter(job: JobContext<Rewrite>): Promise<void> {
  job.heartbeat()
  const { chapter, wish } = job.input
  const folder = job.output(artifactOf(job.input.book))
  const book = readBook(folder)
  const planned = book.chapters[chapter - 1]
  if (planned === undefined) throw new Error(`“${book.title}” has ${book.chapters.length} chapters, and no chapter ${chapter}`)
  const phase = phasesOf(job, ['Writing', 'Post-Processing'])
  await phase('Writing', async () => {
    const before = chapter === 1 ? '' : readChapter(folder, chapter - 1)
    const order = { book, chapter, before, wish, seed: `${book.id}/rewrite ${job.id}` }
    const text = await writtenChapter(await openWriter(), job, order)
    writeFileSync(chapterPath(folder, chapter), `${text}\n`)
    job.heartbeat()
    job.log(`chapter ${chapter} saved: “${planned.title}”, ${wordsIn(text)} words`)
  })
  await phase('Post-Processing', () => assemble(folder, book))
}
