// The rebuild itself, in a process of its own: reads films, compares them, learns the taste, writes both where Holdfast publishes them.
// Knows nothing of the web app; a failure here is a thrown sentence.
import { setImmediate as breathe } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { JobContext } from 'holdfast/job'
import { type Film, filmsPath, readFilms } from './index/films.ts'
import { readIndex, type WatchIndex, writeIndex, writeProfile } from './index/index-files.ts'
import { type Neighbour, nearest } from './index/neighbours.ts'
import { generateEvents, type TasteProfile, tasteProfile } from './index/taste.ts'
import { contentVectors, dimensions, type Vectors } from './index/vectors.ts'
import type { RebuildInput } from './rebuild-job.ts'
import type { BuildSettings } from './settings.ts'

type Rebuild = JobContext<RebuildInput>

const passes = 24
const filmsNeeded = 50
/** Seed and length of the made-up watch history. */
const history = { seed: 42, count: 42 }

export default async function rebuild(job: Rebuild) {
  const { mode, settings, keep } = job.input
  const steps =
    mode === 'profile'
      ? ['Read films', 'Taste profile', 'Write index']
      : ['Read films', 'Content vectors', 'Nearest neighbours', 'Taste profile', 'Write index']
  const enter = (name: string) => {
    job.signal.throwIfAborted()
    job.phase(name, { index: steps.indexOf(name) + 1, of: steps.length })
    job.log(styleText('bold', name, forced))
  }

  enter('Read films')
  const films = await readAll(job)
  const index = mode === 'profile' && keep !== undefined ? await reuse(job, keep) : await build(job, { films, settings, enter })

  enter('Taste profile')
  const taste = learn(job, films, index)

  enter('Write index')
  await writeIndex(job.output('watch-index'), index)
  await writeProfile(job.output('taste-profile'), taste)
  job.log(`${count(index.films.length)} films with ${index.settings.neighbours} neighbours each, ${taste.watched.length} watched`)
  return { films: index.films.length, neighbours: index.settings.neighbours, watched: taste.watched.length }
}

async function readAll(job: Rebuild): Promise<Film[]> {
  const { films, warnings, leftOut } = await readFilms(process.env.RECOMMEND_FILMS ?? filmsPath)
  for (const warning of warnings) console.warn(`warning: ${warning}`)
  job.log(`${count(films.length)} films can be compared; ${count(leftOut)} rows have no title, genre or rating`)
  return films
}

async function build(job: Rebuild, work: { films: Film[]; settings: BuildSettings; enter: (name: string) => void }): Promise<WatchIndex> {
  const { settings, enter } = work
  const films = work.films.filter((film) => film.votes >= settings.minVotes)
  job.log(`${count(films.length)} of them have ${count(settings.minVotes)} votes or more`)
  if (films.length < filmsNeeded) throw new Error(tooFew(work.films, films.length, settings))

  enter('Content vectors')
  const vectors = await vectorsOf(job, films)

  enter('Nearest neighbours')
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

async function reuse(job: Rebuild, keep: string): Promise<WatchIndex> {
  const index = await readIndex(keep)
  job.log(`Index of ${count(index.films.length)} films kept as it is`)
  return index
}

function learn(job: Rebuild, films: Film[], index: WatchIndex): TasteProfile {
  const events = generateEvents(films, history)
  const taste = tasteProfile(events, index.films, index.vectors)
  job.log(
    `${events.length} watch events (generated, seed ${history.seed}), ${events.length - taste.watched.length} of films outside the index`,
  )
  for (const { film, weight } of taste.watched.slice(0, 8)) job.log(`${weight.toFixed(2)}  ${index.films[film]?.title}`)
  return taste
}

/** Lets a request to stop come in between two chunks. */
async function pause(job: Rebuild): Promise<void> {
  await breathe()
  job.signal.throwIfAborted()
}

function nearestLine(title: string, found: Neighbour[], films: Film[]): string {
  const [best] = found
  const name = (text = '') => (text.length > 36 ? `${text.slice(0, 35)}…` : text).padEnd(37)
  const near = best === undefined ? '' : `${name(films[best.film]?.title)} ${styleText('cyan', best.score.toFixed(3), forced)}`
  return `${styleText('green', 'ok', forced)}  ${name(title)} near ${near}`
}

function tooFew(all: Film[], found: number, { minVotes }: BuildSettings): string {
  const most = all.reduce<Film | null>((best, film) => (best === null || film.votes > best.votes ? film : best), null)
  const known = most === null ? '' : `. The best known, “${most.title}”, has ${count(most.votes)}`
  const have = found === 0 ? 'No film has' : found === 1 ? 'Only one film has' : `Only ${found} films have`
  return `${have} ${count(minVotes)} votes or more; ${filmsNeeded} are needed${known}`
}

const count = (amount: number): string => amount.toLocaleString('en-US')

/** The log is read in a browser: colour does not depend on what stdout is. */
const forced = { validateStream: false }
