// Writes a book, or a series book by book, in a process of its own. What is planned is in the checkpoint, chapters are files of their own:
// an attempt that resumes plans nothing anew and writes no chapter twice. Knows nothing of the web app.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from 'holdfast'
import type { JobContext } from 'holdfast/job'
import { artifactOf, type Book, bookIdsOf, chapterPath, wordsIn } from './book.ts'
import type { BookOrder } from './order.ts'
import { assemble } from './output/assemble.ts'
import { type PhaseName, phaseNames, phasesOf } from './phases.ts'
import { planner, writtenChapter } from './story.ts'
import { openWriter, type Writer } from './writer/writer.ts'

interface Desk {
  job: JobContext<BookOrder>
  writer: Writer
  /** The checkpoint: what each phase of planning found out. */
  found: Record<string, Json>
  /** A folder for chapters that are written and not published yet; the app removes it some day. */
  drafts: string
}

export default async function generateBook(job: JobContext<BookOrder>): Promise<void> {
  job.heartbeat()
  const drafts = join(process.env.BOOKAPP_DRAFTS ?? '', `${job.id}`)
  // Without a checkpoint it begins anew: what an earlier attempt left is of another plan.
  if (job.checkpoint === null) rmSync(drafts, { recursive: true, force: true })
  mkdirSync(drafts, { recursive: true })
  const desk: Desk = { job, drafts, found: (job.checkpoint ?? {}) as Desk['found'], writer: await openWriter() }
  const { title, books } = job.input
  if (books > 1) job.log(`Series “${title}”: start, ${books} books`)
  for (const [index, id] of bookIdsOf(job.input).entries()) await writeBook(desk, id, index + 1)
  if (books > 1) job.log(`Series “${title}”: end`)
}

async function writeBook(desk: Desk, id: string, number: number): Promise<void> {
  const { job, writer } = desk
  const { title, books: of, premise, words } = job.input
  const phase = phasesOf(job, phaseNames, { number, of })
  const ask = planner(writer, job, number)
  const planned = <T extends Json>(name: PhaseName, find: () => Promise<T>) => phase(name, () => once(desk, `${number} ${name}`, find))
  if (of > 1) job.log(`Book ${number} of ${of}: start`)
  const { name, blueprint } = await planned('Blueprint', () => ask.blueprint())
  const events = await planned('Structure & Events', () => ask.events(blueprint))
  const titles = await planned('Chapter Planning', () => ask.titles(events))
  const series = of === 1 ? null : { title, number, of }
  const chapters = titles.map((title) => ({ title, words: 0 }))
  const book: Book = { id, title: name, series, premise, blueprint, events, chapters, words, writer: writer.name }
  const texts = await phase('Writing', () => writeChapters(desk, number, book))
  await phase('Post-Processing', () => {
    const folder = job.output(artifactOf(id))
    for (const [index, text] of texts.entries()) writeFileSync(chapterPath(folder, index + 1), `${text}\n`)
    assemble(folder, book)
  })
  if (of > 1) job.log(`Book ${number} of ${of}: end, “${name}”`)
}

/** What is found out is kept before anything else begins, and not asked for again. */
async function once<T extends Json>({ job, found }: Desk, part: string, find: () => Promise<T>): Promise<T> {
  if (part in found) {
    job.log('kept from an earlier attempt')
    return found[part] as T
  }
  const answer = await find()
  found[part] = answer
  await job.save(found)
  job.heartbeat()
  return answer
}

async function writeChapters({ job, writer, drafts }: Desk, number: number, book: Book): Promise<string[]> {
  const total = book.chapters.length
  const texts: string[] = []
  for (const [done, { title }] of book.chapters.entries()) {
    const chapter = done + 1
    const draft = join(drafts, `${number}.${chapter}.md`)
    const isKept = existsSync(draft)
    if (!isKept) {
      const seed = `${job.input.seed || job.input.id}/${number}/${chapter}`
      const before = texts.at(-1) ?? ''
      saveWhole(draft, await writtenChapter(writer, job, { book, chapter, before, seed, place: { done, total } }))
      job.heartbeat()
    }
    const text = readFileSync(draft, 'utf8')
    texts.push(text)
    job.log(`chapter ${chapter} of ${total} ${isKept ? 'kept' : 'saved'}: “${title}”, ${wordsIn(text)} words`)
    job.progress({ done: chapter, total, unit: 'chapters' })
  }
  return texts
}

/** On the disk before it has its name. A power cut can take the name away, and then it is written again; half of it nobody finds. */
function saveWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { flush: true })
  renameSync(`${path}.new`, path)
}
