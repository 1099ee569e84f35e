// The app, whoever asks: its tables, its jobs, and how each posting stands. Starting jobs is the page elements' part. Knows no request.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Holdfast, type KindActivity, type Logger, openHoldfast } from 'holdfast'
import { kinds } from './kinds.ts'
import { type Posting, postings } from './postings.ts'
import { type Letter, openResults, type Research, type Results } from './results.ts'

export interface App {
  holdfast: Holdfast
  results: Results
}

export interface AppOptions {
  /** Data folder. */
  data: string
  /** Where the companies' sites are, such as http://127.0.0.1:4752. */
  sites: string
  logger: Logger
}

export async function openApp({ data, sites, logger }: AppOptions): Promise<App> {
  const { JOBHUNT_PAUSE_MS = '300', OPENAI_BASE_URL = '', OPENAI_MODEL = 'llama3.2', OPENAI_API_KEY = '' } = process.env
  const JOBHUNT_RESULTS = join(data, 'jobhunt', 'results.db')
  mkdirSync(join(data, 'jobhunt'), { recursive: true })
  const results = await openResults(JOBHUNT_RESULTS, { forMs: 3_000 })
  const around = { JOBHUNT_RESULTS, JOBHUNT_SITES: sites, JOBHUNT_PAUSE_MS, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_API_KEY }
  return { results, holdfast: await openHoldfast({ kinds: kinds(around), data, logger }) }
}

/** A posting with what was made for it so far, and how its two jobs stand. */
export interface Standing {
  posting: Posting
  research: Research | null
  letter: Letter | null
  jobs: { 'company-research': KindActivity | undefined; 'cover-letter': KindActivity | undefined }
}

/** Postings in one look at the jobs: `activity` takes 50 names, and each has two. */
const atOnce = 25

/** The jobs are looked at before the tables: a job that has succeeded is then seen with its result, never without. */
export async function lookAt(app: App, wanted: readonly Posting[] = postings): Promise<Standing[]> {
  const { holdfast, results } = app
  const [now, later] = [wanted.slice(0, atOnce), wanted.slice(atOnce)]
  const keys = now.map(({ id }) => encodeURIComponent(id))
  const { kinds } = await holdfast.activity({ kind: keys.flatMap((key) => [`company-research/${key}`, `cover-letter/${key}`]) })
  const look = async (posting: Posting): Promise<Standing> => {
    const job = (name: string) => kinds.find(({ kind, key }) => kind === name && key === posting.id)
    const jobs = { 'company-research': job('company-research'), 'cover-letter': job('cover-letter') }
    return { posting, jobs, research: await results.lastResearch(posting.id), letter: await results.lastLetter(posting.id) }
  }
  const standings = await Promise.all(now.map(look))
  return later.length === 0 ? standings : [...standings, ...(await lookAt(app, later))]
}
