// The job `company-research`: visits the company's site, picks what answers our questions, and keeps it under its own number.
import { doNotRetry, type JobContext } from 'holdfast/job'
import type { AboutPosting, Around } from '../kinds.ts'
import { postingOf } from '../postings.ts'
import { readSite } from '../research/site.ts'
import { openResults } from '../results.ts'

export default async function research(job: JobContext<AboutPosting>) {
  const { JOBHUNT_RESULTS, JOBHUNT_PAUSE_MS } = process.env as unknown as Around
  const posting = postingOf(job.input.posting)
  const results = openResults(JOBHUNT_RESULTS)

  job.phase('Visit the site', { index: 1, of: 3 })
  const site = results.siteOf(posting.company.id)
  if (site === null) throw doNotRetry(`${posting.company.name} has no site`)
  job.log(`Visiting ${site}`)
  const pages = await readSite(site, {
    signal: job.signal,
    pauseMs: Number(JOBHUNT_PAUSE_MS),
    onPage: (done, total) => job.progress({ done, total, unit: 'pages' }),
    onSkip: (sentence) => job.log(`${sentence}; left out`),
  })

  job.phase('Read', { index: 2, of: 3 })
  for (const { url, title, paragraphs } of pages) job.log(`${new URL(url).pathname} “${title}”: ${paragraphs.length} paragraphs`)
  // Loaded only now: the model takes a second, and a site that is down needs none.
  const { factsIn } = await import('../research/facts.ts')
  const facts = factsIn(pages, posting)
  for (const { topic, text } of facts) job.log(`${topic}: ${text}`)
  if (facts.length === 0) throw doNotRetry(`The site of ${posting.company.name} says nothing that could be used`)

  job.phase('Keep', { index: 3, of: 3 })
  results.keepResearch({ job: job.id, attempt: job.attempt, posting: posting.id }, { pages: pages.length, facts })
  results.close()
  return { facts: facts.length, pages: pages.length }
}
