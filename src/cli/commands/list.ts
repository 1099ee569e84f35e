// holdfast list: jobs, newest first.

import type { HoldfastClient, Job, JobPage, ListFilter } from '../../client/index.ts'
import { durationWords } from '../../supervisor/amounts.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { waitingWords } from '../../supervisor/states.ts'
import { shortFlags } from '../flag-words.ts'
import { duration, jobWord, paint, plain, progressWords, table, titleOf } from '../output.ts'
import { connect, type Place, tellTrouble } from '../place.ts'

export interface ListOptions extends Place {
  state?: string
  kind?: string
  queue?: string
  submittedBy?: string
  schedule?: string
  before?: string
  limit: string
}

export async function list(options: ListOptions): Promise<void> {
  const place = await connect(options)
  const { client, where, close } = place
  try {
    await tellTrouble(place)
    const filter = filterOf(options)
    const page = await pageOf(client, filter)
    const isFiltered = Object.keys(filter).length > 1
    if (options.json) console.log(JSON.stringify(page.jobs))
    else if (page.jobs.length === 0) console.log(`No jobs${isFiltered ? ' match' : ''} in ${where}.\nStart one: holdfast run -- <command>`)
    else console.log(table([header, ...page.jobs.map(row)]))
    if (!options.json && page.before !== null) console.log(paint('gray', `More: the same with --before ${page.before}`))
  } finally {
    await close()
  }
}

// A page of a filter that has no index of its own can be short of jobs, and not be the last.
async function pageOf(client: HoldfastClient, filter: ListFilter & { limit: number }): Promise<JobPage> {
  const jobs: Job[] = []
  let { before } = filter
  for (;;) {
    const page = await client.list({ ...filter, limit: filter.limit - jobs.length, ...(before === undefined ? {} : { before }) })
    jobs.push(...page.jobs)
    if (page.before === null || jobs.length >= filter.limit) return { jobs, before: page.before }
    before = page.before
  }
}

function filterOf({ state, kind, queue, submittedBy, schedule, before, limit }: ListOptions): ListFilter & { limit: number } {
  return {
    limit: wholeNumber('--limit', limit),
    ...(kind === undefined ? {} : { kind }),
    ...(queue === undefined ? {} : { queue }),
    ...(submittedBy === undefined ? {} : { submittedBy }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(before === undefined ? {} : { before: wholeNumber('--before', before) }),
    ...(state === undefined ? {} : { state: state.split(',') as Job['state'][] }),
  }
}

/** @throws HoldfastError `invalid_request` that names the option */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new HoldfastError('invalid_request', `${option} is "${text}", but must be a whole number.`)
  return Number(text)
}

const header = ['JOB', 'STATE', 'TOOK', 'BY', 'WHAT', 'PROGRESS OR REASON'].map((title) => paint('gray', title))

function row(job: Job): string[] {
  return [String(job.id), jobWord(job), took(job), plain(job.submittedBy ?? '–'), cut(titleOf(job), 40), plain(reason(job))]
}

function reason(job: Job): string {
  if (job.waitingFor) return [waitingWords(job.waitingFor), job.failure?.message].filter(Boolean).join('; ')
  const said = job.failure?.message ?? (job.state === 'running' ? progressWords(job) : '')
  return [...job.flags.map((flag) => shortFlag(flag, job)), said].filter((words) => words !== '').join('; ')
}

function shortFlag(flag: Job['flags'][number], { stalled }: Job): string {
  if (flag !== 'stalled' || stalled === null) return shortFlags[flag]
  return `${shortFlags.stalled} for ${durationWords(stalled.silentMs + Math.max(0, Date.now() - stalled.lookedAt))}`
}

function took(job: Job): string {
  return job.startedAt === null ? '–' : duration((job.finishedAt ?? Date.now()) - job.startedAt)
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
