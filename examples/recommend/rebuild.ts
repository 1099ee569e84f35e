// The rebuild itself, in a process of its own: reads films, compares them, learns the taste, writes both where Holdfast publishes them.
// Knows nothing of the web app; a failure here is a thrown sentence.
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { JobContext } from 'holdfast/job'
import { type Film, filmsPath, readFilms } from './index/films.ts'
import { readIndex, type WatchIndex, writeIndex, writeProfile } from './index/index-files.ts'
import { type Neighbour, nearest } from './index/neighbours.ts'
import { generateEvents, tasteProfile } from './index/taste.ts'
import { contentVectors, dimensions, type Vectors } from './index/vectors.ts'
import { logFile, type RebuildInput } from './rebuild-job.ts'

type Rebuild = JobContext<RebuildInput>

const passes = 24
const filmsNeeded = 50
const logsKept = 30
/** Seed and length of the made-up watch history. */
const history = { seed: 42, count: 42 }
const phases = {
  data: ['Read films', 'Content vectors', 'Nearest neighbours', 'Taste profile', 'Write index'],
  profile: ['Read films', 'Taste profile'],
}

export default async function rebuild(job: Rebuild) {
  nameLog(job)
  await enter(job, 'Read films')
  const { films, warnings, leftOut } = await readFilms(process.env.RECOMMEND_FILMS ?? filmsPath)
  for (const warning of warnings) job.log(`warning: ${warning}`)
  job.log(`${count(films.length)} films can be compared; ${count(leftOut)} rows have no title, genre or rating`)
  // In mode profile the folder begins as a copy of the index in use.
  const index = job.input.mode === 'profile' ? await readIndex(job.output('watch-index')) : await build(job, films)

  await enter(job, 'Taste profile')
  const watched = tasteProfile(generateEvents(films, history))
  const titles = new Map(films.map(({ row, title }) => [row, title]))
  job.log(`${watched.length} watch events (generated, seed ${history.seed})`)
  for (const { row, weight } of watched.slice(0, 8)) job.log(`${weight.toFixed(2)}  ${titles.get(row)}`)
  await writeProfile(job.output('taste-profile'), watched)
  if (job.input.mode === 'data') {
    await enter(job, 'Write index')
    await writeIndex(job.output('watch-index'), index)
  }
  const { neighbours } = index.settings
  job.log(`${count(index.films.length)} films with ${neighbours} neighbours each, ${watched.length} watched`)
  return { films: index.films.length, neighbours, watched: watched.length }
}

/** Gives the file that this process writes its log to a second name, where an operator looks for it. The newest of them are kept. */
function nameLog({ id, input: { logs }, log }: Rebuild): void {
  try {
    mkdirSync(logs, { recursive: true })
    rmSync(logFile(logs, id), { force: true })
    linkSync(join(process.env.HOLDFAST_DIR ?? '', 'stdout.log'), logFile(logs, id))
    const old = readdirSync(logs)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .slice(0, -logsKept)
    for (const name of old) rmSync(join(logs, name), { force: true })
  } catch (error) {
    log(`warning: this log has no file of its own in ${logs}: ${error}`)
  }
}

/** Enters a phase; between two of them, and within a long one, a request to stop can come in. */
async function enter(job: Rebuild, name: string): Promise<void> {
  await pause(job)
  const names = phases[job.input.mode]
  job.phase(name, { index: names.indexOf(name) + 1, of: names.length })
  job.log(styleText('bold', name, forced))
}

async function pause(job: Rebuild): Promise<void> {
  await breathe()
  job.signal.throwIfAborted()
}

async function build(job: Rebuild, all: Film[]): Promise<WatchIndex> {
  const { settings } = job.input
  const films = all.filter((film) => film.votes >= settings.minVotes)
  job.log(`${count(films.length)} of them have ${count(settings.minVotes)} votes or more`)
  if (films.length < filmsNeeded) throw new Error(tooFew(all, films.length, settings))
  await enter(job, 'Content vectors')
  const vectors = await vectorsOf(job, films)
  await enter(job, 'Nearest neighbours')
  job.log(`${count(films.length)} films, ${dimensions} dimensions, ${settings.neighbours} neighbours each`)
  return { settings, films, vectors, neighbours: await neighboursOf(job, films, vectors) }
}

async function vectorsOf(job: Rebuild, films: Film[]): Promise<Vectors> {
  const work = contentVectors(films, passes)
  let step = work.next()
  while (!step.done) {
    job.progress({ done: step.value, total: passes, unit: 'passes' })
    await pause(job)
    step = work.next()
  }
  return step.value
}

async function neighboursOf(job: Rebuild, films: Film[], vectors: Vectors): Promise<Neighbour[][]> {
  const chunk = Math.ceil(films.length / 100)
  const all: Neighbour[][] = []
  for (const [film, { title }] of films.entries()) {
    const found = nearest(vectors, film, job.input.settings.neighbours)
    all.push(found)
    job.log(nearestLine(title, found, films))
    if (all.length % chunk > 0 && all.length < films.length) continue
    job.progress({ done: all.length, total: films.length, unit: 'films' })
    await pause(job)
  }
  return all
}

function nearestLine(title: string, [best]: Neighbour[], films: Film[]): string {
  const name = (text = '') => (text.length > 36 ? `${text.slice(0, 35)}…` : text).padEnd(37)
  const near = best === undefined ? '' : `${name(films[best.film]?.title)} ${styleText('cyan', best.score.toFixed(3), forced)}`
  return `${styleText('green', 'ok', forced)}  ${name(title)} near ${near}`
}

function tooFew(all: Film[], found: number, { minVotes }: { minVotes: number }): string {
  const [most] = all.toSorted((a, b) => b.votes - a.votes)
  const known = most === undefined ? '' : `. The best known, “${most.title}”, has ${count(most.votes)}`
  const have = found === 0 ? 'No film has' : found === 1 ? 'Only one film has' : `Only ${found} films have`
  return `${have} ${count(minVotes)} votes or more; ${filmsNeeded} are needed${known}`
}

const count = (amount: number): string => amount.toLocaleString('en-US')

/** The log is read in a browser: colour does not depend on what stdout is. */
const forced = { validateStream: false }
