// The job `company-research`: visits the company's site, picks what answers our questions, and keeps it under its own number.
import { doNotRetry, type JobContext } from 'holdfast/job'
import type { AboutPosting } from '../kinds.ts'
import { postingOf } from '../postings.ts'
import { readSite } from '../research/site.ts'
import { openResults } from '../results.ts'

export default async function research(job: JobContext<AboutPosting>) {
  const { JOBHUNT_RESULTS = '', JOBHUNT_SITES, JOBHUNT_PAUSE_MS } = process.env
  const { log, signal } = job
  const posting = postingOf(job.input.posting)

  job.phase('Visit the site', { index: 1, of: 3 })
  const pages = await readSite(`${JOBHUNT_SITES}/${posting.company.id}/`, {
    signal,
    pauseMs: Number(JOBHUNT_PAUSE_MS),
    onPage: (done, total) => job.progress({ done, total, unit: 'pages' }),
    log,
  })

  job.phase('Read', { index: 2, of: 3 })
  // Loaded only now: the language model takes a second, and a site that is down needs none.
  const { factsIn } = await import('../research/facts.ts')
  const facts = factsIn(pages, posting)
  for (const { topic, text } of facts) log(`${topic}: ${text}`)
  if (facts.length === 0) throw doNotRetry(`The site of ${posting.company.name} says nothing that could be used`)

  job.phase('Keep', { index: 3, of: 3 })
  const results = await openResults(JOBHUNT_RESULTS, { forMs: 30_000, signal })
  await results.keepResearch(job, { pages: pages.length, facts })
  results.close()
  return { facts: facts.length, pages: pages.length }
}
