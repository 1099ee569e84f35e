// holdfast cancel and retry of many jobs: asks once, goes through all that fit, and says what was refused.
import { setTimeout as pause } from 'node:timers/promises'
import type { Bulk, BulkAnswer, HoldfastClient, Job } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { agreed } from '../agree.ts'
import { plain, thousands, userName } from '../output.ts'
import { connect, type Place } from '../place.ts'
import { interrupted } from './logs.ts'

export interface BulkOptions extends Place {
  all?: boolean
  state?: string
  kind?: string
  queue?: string
  submittedBy?: string
  schedule?: string
  yes?: boolean
}

/** Whether many jobs are meant. @throws HoldfastError `invalid_request` when both one and many are, or none */
export function meansMany(command: string, job: string | undefined, options: BulkOptions): boolean {
  const { all, state, kind, queue, submittedBy, schedule } = options
  const isMany = [all, state, kind, queue, submittedBy, schedule].some((option) => option !== undefined)
  if (isMany && job === undefined) return true
  if (!isMany && job !== undefined) return false
  const which = isMany
    ? 'the number of one job, or options that say which; not both'
    : 'the number of a job, or --all, --kind, --state and the like'
  throw new HoldfastError('invalid_request', `${command} needs ${which}.`)
}

/** Returns the exit code: 0 done, 1 not agreed, 4 when some were refused. */
export async function cancelMany(options: BulkOptions): Promise<number> {
  const words = wordsOf(options, 'queued and running')
  if (!options.yes && !(await agreed(`Cancel ${words}? Everything they started is stopped too. [y/N] `, 'cancel')))
    return notDone('cancelled')
  return through(options, { does: (client, bulk) => client.cancelMany(bulk), done: 'asked to stop' })
}

export async function retryMany(options: BulkOptions): Promise<number> {
  const words = wordsOf(options, 'failed and interrupted')
  if (!options.yes && !(await agreed(`Try ${words} again, from the start? [y/N] `, 'retry'))) return notDone('tried again')
  return through(options, { does: (client, bulk) => client.retryMany(bulk), done: 'queued again' })
}

function notDone(what: string): number {
  console.error(`Nothing was ${what}.`)
  return 1
}

interface Action {
  does: (client: HoldfastClient, bulk: Bulk) => Promise<BulkAnswer>
  done: string
}

async function through(options: BulkOptions, { does, done }: Action): Promise<number> {
  const { client, close } = await connect(options, 'all')
  const signal = interrupted()
  const answer: BulkAnswer = { done: [], refused: [], before: null }
  try {
    let before: number | null | undefined
    do {
      const page: BulkAnswer = await does(client, { ...filterOf(options), by: userName() ?? 'cli', ...(before ? { before } : {}) })
      answer.done.push(...page.done)
      answer.refused.push(...page.refused)
      before = page.before
    } while (before !== null && !signal.aborted)
    await untilStopped(client, answer, signal)
  } finally {
    await close()
  }
  if (options.json) console.log(JSON.stringify(answer))
  else
    console.log(
      `${jobsWord(answer.done.length)} ${done}${answer.refused.length === 0 ? '' : `, ${thousands(answer.refused.length)} refused`}`,
    )
  if (!options.json) for (const { id, reason } of answer.refused.slice(0, refusedShown)) console.error(`${id}  ${plain(reason)}`)
  if (signal.aborted) return 130
  return answer.refused.length === 0 ? 0 : 4
}

const refusedShown = 20
const lookMs = 200

// On a folder this command is who stops them: it stays until none of them is stopping any more.
async function untilStopped(client: HoldfastClient, { done }: BulkAnswer, signal: AbortSignal): Promise<void> {
  const ours = new Set(done)
  for (;;) {
    const { jobs } = await client.list({ state: ['stopping'], limit: 200 })
    if (!jobs.some(({ id }) => ours.has(id)) || signal.aborted) return
    await pause(lookMs)
  }
}

function filterOf({ all, state, kind, queue, submittedBy, schedule }: BulkOptions): Bulk {
  return {
    ...(all ? { all } : {}),
    ...(state === undefined ? {} : { state: state.split(',') as Job['state'][] }),
    ...(kind === undefined ? {} : { kind }),
    ...(queue === undefined ? {} : { queue }),
    ...(submittedBy === undefined ? {} : { submittedBy }),
    ...(schedule === undefined ? {} : { schedule }),
  }
}

function wordsOf({ state, kind, queue, submittedBy, schedule }: BulkOptions, usual: string): string {
  const parts = [
    `all ${state === undefined ? usual : state.split(',').join(' and ')} jobs`,
    kind === undefined ? '' : `of kind ${kind}`,
    queue === undefined ? '' : `of queue ${queue}`,
    submittedBy === undefined ? '' : `that ${submittedBy} asked for`,
    schedule === undefined ? '' : `of schedule ${schedule}`,
  ]
  return plain(parts.filter((part) => part !== '').join(' '))
}

function jobsWord(jobs: number): string {
  return jobs === 1 ? '1 job' : `${thousands(jobs)} jobs`
}
