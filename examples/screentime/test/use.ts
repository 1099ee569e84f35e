// How people use screentime for an hour, and what must hold: each result whole and made from the one before, whatever was killed when;
// faces that are the same for the same video, to the byte; and nothing that cannot be started again.
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from 'holdfast/client'
import type { Use, World } from '../../hour/use.ts'
import { type Episode, openLibrary, readResult } from '../episodes.ts'
import { type Stage, stageBefore, stages } from '../stages.ts'
import { makeVideo } from './videos.ts'

const names = ['first', 'second', 'third']
const retryable = ['failed', 'interrupted', 'cancelled'] as const

const use: Use = {
  async open(data) {
    const { folder } = openLibrary(join(data, 'screentime'))
    const video = (name = '') => join(folder, 'videos', `${name}.mp4`)
    makeVideo(video(names[0]), [
      ['astronaut', 5],
      ['nobody', 2],
      ['others', 3],
    ])
    for (const name of names.slice(1)) copyFileSync(video(names[0]), video(name))
    return { environment: { SCREENTIME_WIDTH: '320', SCREENTIME_BEAT_SECONDS: '0.2', SCREENTIME_STALL_SECONDS: '20' }, async close() {} }
  },

  async act(world) {
    const share = world.random()
    if (share < 0.45) await start(world)
    else if (share < 0.7) await goOn(world)
    else if (share < 0.8) await interfere(world)
    else await read(world)
  },

  async check(world) {
    const broken = () => episodesOf(world).flatMap(brokenEpisode)
    const seen = broken()
    // A stage may have been finished between two looks: what is broken stays so.
    return seen.length === 0 ? [] : broken().filter((sentence) => seen.includes(sentence))
  },

  async finish(world) {
    for (const name of names) for (const stage of stages) await finishStage(world, name, stage)
    const broken = episodesOf(world).flatMap(brokenEpisode)
    const faces = new Set(episodesOf(world).map((episode) => textOf(episode, readResult(episode, 'detect')?.file)))
    if (faces.size !== 1) broken.push(`S3.6: the same video has ${faces.size} different lists of faces`)
    for (const episode of episodesOf(world)) {
      const seconds = readResult(episode, 'cluster')?.people[0]?.seconds
      if (seconds !== 5) broken.push(`${episode.name}: the first person is on screen for ${seconds} s, and not for 5`)
    }
    return broken
  },
}

export default use

/** Any stage of any episode, as whoever does not look at the button. */
async function start(world: World): Promise<void> {
  const episode = world.pick(names)
  const stage = world.pick(stages)
  const before = stageBefore(stage)
  const known = openLibrary(join(world.data, 'screentime')).get(episode)
  const mayStart = before === null || (known !== null && readResult(known, before) !== null)
  const answer = await world.client.submit(stage, { episode }).catch((error: { status?: number }) => {
    // It has to be done first, or was when we looked.
    if (error.status === undefined || error.status < 400 || error.status >= 500) throw error
    return null
  })
  if (answer !== null) world.acknowledged(answer.job.id)
  else if (mayStart && known !== null && before !== null && readResult(known, before) !== null)
    throw new Error(`S3.1: ${stage} of ${episode} was refused though ${before} is done`)
}

/** What was killed goes on from where it was, or anew. */
async function goOn(world: World): Promise<void> {
  const { jobs } = await world.client.list({ state: [...retryable], limit: 20 })
  if (jobs.length === 0) return
  const { id } = world.pick(jobs)
  await (world.random() < 0.7 ? world.client.resume(id) : world.client.retry(id)).catch(unlessRefused)
}

async function interfere(world: World): Promise<void> {
  const { jobs } = await world.client.list({ state: ['queued', 'running'], limit: 20 })
  if (jobs.length === 0) return
  const { id } = world.pick(jobs)
  const deed = world.pick(['cancel', 'keepWaiting', 'check'] as const)
  await world.client[deed](id).catch(unlessRefused)
}

async function read(world: World): Promise<void> {
  const episode = world.pick(names)
  const path = world.pick(['/', `/episodes/${episode}`, `/episodes/${episode}/${world.pick(stages)}`])
  const answer = await world.ask(path)
  if (answer.status !== 200 || !(await answer.text()).includes('<holdfast-indicator')) throw new Error(`${path} is not whole`)
}

/** A newer job of its key is active, or it has settled meanwhile. */
function unlessRefused(error: { status?: number }): void {
  if (error.status === undefined || error.status < 400 || error.status >= 500) throw error
}

async function finishStage(world: World, episode: string, stage: Stage): Promise<void> {
  const found = episodesOf(world).find(({ name }) => name === episode)
  if (found !== undefined && readResult(found, stage) !== null) return
  const { job } = await world.client.submit(stage, { episode })
  let settled: Job = job
  while (settled.finishedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    settled = await world.client.get(job.id)
  }
  if (settled.state !== 'succeeded') throw new Error(`${stage} of ${episode} could not be done: ${settled.failure?.message}`)
}

const episodesOf = ({ data }: World): Episode[] => openLibrary(join(data, 'screentime')).list()

/** Nothing, of a file that is not there. */
function textOf({ folder }: Episode, file = ''): string {
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return ''
  }
}

/** Results that are not whole, or are there without the one they were made from. */
function brokenEpisode(episode: Episode): string[] {
  const results = stages.map((stage) => [stage, readResult(episode, stage)] as const)
  const first = results.findIndex(([, result]) => result === null)
  const broken = results
    .filter(([, result], i) => result !== null && first !== -1 && i > first)
    .map(([stage]) => `${episode.name}: ${stage} is done, and what it was made from is not there`)
  broken.push(...cutOff(episode))
  const [extract, detect] = [readResult(episode, 'extract'), readResult(episode, 'detect')]
  if (extract !== null && !existsSync(join(episode.folder, extract.file))) broken.push(`${episode.name}: ${extract.file} is not there`)
  if (detect !== null) broken.push(...brokenFaces(episode, detect.file, detect.frames))
  return broken
}

/** Which the app takes for none. */
function cutOff(episode: Episode): string[] {
  const names = existsSync(episode.folder) ? readdirSync(episode.folder).filter((name) => name.endsWith('.json')) : []
  return names.filter((name) => !textOf(episode, name).endsWith('}')).map((name) => `${episode.name}: ${name} is cut off`)
}

function brokenFaces(episode: Episode, file: string, frames: number): string[] {
  const lines = textOf(episode, file).split('\n').slice(0, -1)
  const isWhole = lines.length === frames && lines.every((line, i) => (JSON.parse(line) as { frame: number }).frame === i)
  return isWhole ? [] : [`${episode.name}: ${file} has ${lines.length} frames, and not 0 to ${frames - 1}`]
}
