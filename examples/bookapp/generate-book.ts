// Writes a book, or a series book by book, in a process of its own. What is planned is in the checkpoint, chapters are files of their own:
// an attempt that resumes plans nothing anew and writes no chapter twice. Knows nothing of the web app.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JobContext } from 'holdfast/job'
import { artifactOf, type Book, chapterFile, wordsIn } from './book.ts'
import { type Drafts, openDrafts } from './drafts.ts'
import { type BookOrder, bookIdsOf } from './order.ts'
import { assemble } from './output/book-folder.ts'
import { phaseNames, phasesOf } from './phases.ts'
import { askFor, type Plan } from './story.ts'
import { openWriter, type Writer } from './writer/writer.ts'

type Job = JobContext<BookOrder>

/** The checkpoint: what is planned of each book so far. */
type Saved = { plans: Partial<Plan>[] }

interface Desk {
  job: Job
  writer: Writer
  drafts: Drafts
  saved: Saved
}

export default async function generateBook(job: Job) {
  job.heartbeat()
  const { input, checkpoint } = job
  const drafts = openDrafts(join(process.env.BOOKAPP_DRAFTS ?? '', `${job.id}`))
  // Without a checkpoint it begins anew: what an earlier attempt left is of another plan.
  if (checkpoint === null) drafts.clear()
  const desk: Desk = {
    job,
    drafts,
    saved: (checkpoint as Saved | null) ?? { plans: [] },
    writer: await openWriter(),
  }
  const ids = bookIdsOf(input)
  const isSeries = ids.length > 1
  if (isSeries) job.log(`Series “${input.title}”: start, ${ids.length} books`)
  const books: Book[] = []
  for (const [index, id] of ids.entries()) books.push(await writeOne(desk, id, index + 1))
  if (isSeries) job.log(`Series “${input.title}”: end`)
  return { books: books.map(({ id, title, chapters }) => ({ id, title, words: chapters.reduce((sum, { words }) => sum + words, 0) })) }
}

async function writeOne(desk: Desk, id: string, number: number): Promise<Book> {
  const { job, writer } = desk
  const { title, books: of, premise, words } = job.input
  const phase = phasesOf(job, { phases: phaseNames, book: { number, of } })
  const plan = desk.saved.plans[number - 1] ?? {}
  desk.saved.plans[number - 1] = plan
  const ask = askFor(desk.writer, job, number)
  /** What a phase finds out is kept before the next one begins. */
  const planned = async <Part extends keyof Plan>(part: Part, find: () => Promise<Plan[Part]>): Promise<Plan[Part]> => {
    const known = plan[part] as Plan[Part] | undefined
    if (known !== undefined) {
      job.log('kept from an earlier attempt')
      return known
    }
    const found = await find()
    plan[part] = found
    await job.save(desk.saved)
    job.heartbeat()
    return found
  }
  if (of > 1) job.log(`Book ${number} of ${of}: start`)
  const { name, blueprint } = await phase('Blueprint', () => planned('blueprint', () => ask.blueprint()))
  job.log(`“${name}”: ${blueprint}`)
  const events = await phase('Structure & Events', () => planned('events', () => ask.events(blueprint)))
  const titles = await phase('Chapter Planning', () => planned('titles', () => ask.titles(events)))
  const texts = await phase('Writing', () => writeChapters(desk, { id, number, plan: { blueprint: { name, blueprint }, events, titles } }))
  const book = await phase('Post-Processing', () => {
    const folder = job.output(artifactOf(id))
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, chapterFile(index + 1)), `${text}\n`)
    const series = of === 1 ? null : { title, number, of }
    const chapters = titles.map((title) => ({ title, words: 0 }))
    return assemble(folder, { id, title: name, series, premise, blueprint, events, chapters, words, writer: writer.name })
  })
  if (of > 1) job.log(`Book ${number} of ${of}: end, “${name}”`)
  return book
}

async function writeChapters(
  { job, writer, drafts }: Desk,
  { id, number, plan }: { id: string; number: number; plan: Plan },
): Promise<string[]> {
  const ask = askFor(writer, job, number)
  const total = plan.titles.length
  const texts: string[] = []
  for (const [index, title] of plan.titles.entries()) {
    const chapter = index + 1
    const kept = drafts.read(id, chapter)
    const text = kept ?? (await ask.chapter({ plan, chapter, before: texts.at(-1) ?? '' }))
    if (kept === null) {
      drafts.save(id, chapter, text)
      job.heartbeat()
      job.log(`chapter ${chapter} of ${total} saved: “${title}”, ${wordsIn(text)} words`)
    } else job.log(`chapter ${chapter} of ${total} kept: “${title}”`)
    texts.push(text)
    job.progress({ done: chapter, total, unit: 'chapters' })
  }
  return texts
}
