// The job `company-research`: visits the company's site, picks what answers our questions, and keeps it under its own number.
import { doNotRetry, type JobContext } from 'holdfast/job'
import type { AboutPosting, Around } from '../kinds.ts'
import { type Posting, postingOf } from '../postings.ts'
import { readSite, type SitePage } from '../research/site.ts'
import type { Found } from '../results.ts'
import { openTables } from './open-tables.ts'

export default async function research(job: JobContext<AboutPosting>) {
  const around = process.env as unknown as Around
  const posting = postingOf(job.input.posting)
  const results = await openTables(job, around)

  // Who could not keep it, because somebody held the tables, need not visit again.
  let found = job.checkpoint as Found | null
  if (found === null) {
    job.phase('Visit the site', { index: 1, of: 3 })
    const pages = await visit(job, await results.siteOf(posting.company.id), Number(around.JOBHUNT_PAUSE_MS))

    job.phase('Read', { index: 2, of: 3 })
    found = await read(job, posting, pages)
    await job.save(found)
  }

  job.phase('Keep', { index: 3, of: 3 })
  await results.keepResearch({ job: job.id, attempt: job.attempt, posting: posting.id }, found)
  results.close()
  return { facts: found.facts.length, pages: found.pages }
}

function visit({ log, progress, signal }: JobContext<AboutPosting>, site: string | null, pauseMs: number): Promise<SitePage[]> {
  if (site === null) throw doNotRetry('The company has no site')
  log(`Visiting ${site}`)
  return readSite(site, {
    signal,
    pauseMs,
    onPage: (done, total) => progress({ done, total, unit: 'pages' }),
    onSkip: (sentence) => log(`${sentence}; left out`),
  })
}

async function read({ log }: JobContext<AboutPosting>, posting: Posting, pages: SitePage[]): Promise<Found> {
  for (const { url, title, paragraphs } of pages) log(`${new URL(url).pathname} “${title}”: ${paragraphs.length} paragraphs`)
  // Loaded only now: the model takes a second, and a site that is down needs none.
  const { factsIn } = await import('../research/facts.ts')
  const facts = factsIn(pages, posting)
  for (const { topic, text } of facts) log(`${topic}: ${text}`)
  if (facts.length === 0) throw doNotRetry(`The site of ${posting.company.name} says nothing that could be used`)
  return { pages: pages.length, facts }
}
