// The job `cover-letter`: a letter, paragraph by paragraph, kept under its own number. An attempt that goes on after a fault has the
// paragraphs that were written before it.
import type { JobContext } from 'holdfast/job'
import type { AboutPosting } from '../kinds.ts'
import { openWriter, parts } from '../letter/writer.ts'
import { postingOf } from '../postings.ts'
import { openResults } from '../results.ts'

export default async function letter(job: JobContext<AboutPosting>) {
  const { signal } = job
  const posting = postingOf(job.input.posting)
  const results = await openResults(process.env.JOBHUNT_RESULTS ?? '', { forMs: 30_000, signal })

  job.phase('Read the posting', { index: 1, of: 3 })
  const facts = (await results.lastResearch(posting.id))?.facts ?? []
  job.log(`${facts.length} facts are known of ${posting.company.name}`)

  job.phase('Write', { index: 2, of: 3 })
  const writer = await openWriter(process.env)
  const paragraphs = (job.checkpoint as string[] | null) ?? []
  if (paragraphs.length > 0) job.log(`Goes on after paragraph ${paragraphs.length}`)
  for (const part of parts.slice(paragraphs.length)) {
    const onText = (text: string) =>
      job.progress({ done: paragraphs.length, total: parts.length, unit: 'paragraphs', message: `${wordsIn(text)} words of the ${part}` })
    onText('')
    const text = await writer.write(part, { posting, facts, before: paragraphs, signal, onText })
    job.log(text)
    paragraphs.push(text)
    job.progress({ done: paragraphs.length, total: parts.length })
    await job.save(paragraphs)
  }

  job.phase('Keep', { index: 3, of: 3 })
  const text = paragraphs.join('\n\n')
  const contact = facts.find(({ topic }) => topic === 'Write to')?.text
  const recipient = contact?.match(/[\w.+-]+@[\w.-]+\w/)?.[0] ?? null
  await results.keepLetter(job, { writer: writer.name, recipient, text })
  results.close()
  return { words: wordsIn(text), writer: writer.name }
}

const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0
