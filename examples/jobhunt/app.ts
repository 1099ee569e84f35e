// What this app can do, whoever asks: how each posting stands, change a letter, approve it. Starting jobs is the page elements' part.
// Knows no request.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Holdfast, type KindActivity, type Logger, openHoldfast } from 'holdfast'
import { type Around, defineKinds } from './kinds.ts'
import { fillOutbox } from './outbox.ts'
import { companies, type Posting, postings } from './postings.ts'
import { type Change, type Changed, type Letter, openResults, type Research, type Results } from './results.ts'

export interface AppOptions {
  /** Data folder. */
  data: string
  /** Where the companies' sites are, such as http://127.0.0.1:4748. */
  sites: string
  environment?: NodeJS.ProcessEnv
  logger?: Logger
}

export interface App {
  holdfast: Holdfast
  results: Results
  /** Folder of the mails. */
  outbox: string
  sites: string
}

export async function openApp({ data, sites, environment = process.env, ...options }: AppOptions): Promise<App> {
  const own = join(data, 'jobhunt')
  const outbox = join(own, 'outbox')
  mkdirSync(own, { recursive: true })
  const JOBHUNT_RESULTS = join(own, 'results.db')
  const { JOBHUNT_PAUSE_MS = '300', JOBHUNT_WAIT_MS = '3000' } = environment
  const { OPENAI_BASE_URL = '', OPENAI_MODEL = 'llama3.2', OPENAI_API_KEY = '' } = environment
  const around: Around = { JOBHUNT_RESULTS, JOBHUNT_PAUSE_MS, JOBHUNT_WAIT_MS, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_API_KEY }
  const results = await openResults(JOBHUNT_RESULTS, { forMs: Number(JOBHUNT_WAIT_MS) })
  for (const { id } of companies) await results.putSite(id, `${sites}/${id}/`)
  const holdfast = await openHoldfast({ kinds: defineKinds(around), data, ...options })
  // What was approved when the app was killed before it could write the mail.
  fillOutbox(outbox, await results.approved())
  return { holdfast, results, outbox, sites }
}

/** A posting with what was made for it so far, and how its two jobs stand. */
export interface Standing {
  posting: Posting
  research: Research | null
  letter: Letter | null
  jobs: { 'company-research': KindActivity | null; 'cover-letter': KindActivity | null }
}

/** The jobs are looked at before the tables: a job that has succeeded is then seen with its result, never without. */
export async function lookAt({ holdfast, results }: App, wanted: readonly Posting[] = postings): Promise<Standing[]> {
  const keys = wanted.flatMap(({ id }) => [`company-research/${id}`, `cover-letter/${id}`])
  const { kinds } = await holdfast.activity({ kind: keys })
  const standing = (name: string, id: string) => kinds.find(({ kind, key }) => kind === name && key === id) ?? null
  const look = async (posting: Posting): Promise<Standing> => ({
    posting,
    research: await results.lastResearch(posting.id),
    letter: await results.lastLetter(posting.id),
    jobs: { 'company-research': standing('company-research', posting.id), 'cover-letter': standing('cover-letter', posting.id) },
  })
  return await Promise.all(wanted.map(look))
}

/** An approval is written down first, then the mail is made of that: whenever it is killed, the next start does the rest. */
export async function changeLetter({ results, outbox }: App, job: number, change: Change): Promise<Changed | null> {
  const changed = await results.change(job, change)
  if (changed?.isDone && changed.letter.approvedAt !== null) fillOutbox(outbox, [changed.letter])
  return changed
}
