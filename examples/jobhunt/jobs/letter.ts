// The job `cover-letter`: a letter, paragraph by paragraph, kept under its own number. An attempt that goes on after a fault has the
// paragraphs that were written before it.
import type { JobContext } from 'holdfast/job'
import type { AboutPosting, Around } from '../kinds.ts'
import { makeBrief } from '../letter/brief.ts'
import { openWriter } from '../letter/open-writer.ts'
import { type Brief, parts, type Writer } from '../letter/writer.ts'
import { applicant, postingOf } from '../postings.ts'
import { openTables } from './open-tables.ts'

export default async function letter(job: JobContext<AboutPosting>) {
  const around = process.env as unknown as Around
  const posting = postingOf(job.input.posting)
  const results = await openTables(job, around)
  const writer = openWriter(around)

  job.phase('Read the posting', { index: 1, of: 3 })
  const facts = (await results.lastResearch(posting.id))?.facts ?? []
  const brief = makeBrief({ posting, applicant, facts })
  job.log(`${brief.matches.length} wishes of the posting can be answered; ${facts.length} facts are known of ${posting.company.name}`)

  job.phase('Write', { index: 2, of: 3 })
  const text = (await write(job, writer, brief)).join('\n\n')

  job.phase('Keep', { index: 3, of: 3 })
  const made = { job: job.id, attempt: job.attempt, posting: posting.id }
  await results.keepLetter(made, { writer: writer.name, recipient: brief.recipient, text })
  results.close()
  return { words: wordsIn(text), writer: writer.name }
}

const tellEveryMs = 250

async function write(job: JobContext<AboutPosting>, writer: Writer, brief: Brief): Promise<string[]> {
  const paragraphs = (job.checkpoint as string[] | null) ?? []
  if (paragraphs.length > 0) job.log(`Goes on after paragraph ${paragraphs.length}`)
  for (const part of parts.slice(paragraphs.length)) {
    const done = { done: paragraphs.length, total: parts.length, unit: 'paragraphs' }
    job.progress(done)
    let toldAt = 0
    const onText = (text: string) => {
      if (Date.now() - toldAt < tellEveryMs) return
      toldAt = Date.now()
      job.progress({ ...done, message: `${wordsIn(text)} words of the ${part}` })
    }
    const text = await writer.write(part, { brief, before: paragraphs, signal: job.signal, onText })
    job.log(text)
    paragraphs.push(text)
    await job.save(paragraphs)
  }
  return paragraphs
}

const wordsIn = (text: string): number => text.split(/\s+/).length
