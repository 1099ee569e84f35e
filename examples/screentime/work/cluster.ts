// Tells which of the followed faces are one person, and how long each is on screen.
import type { JobContext } from 'holdfast/job'
import { finish } from '../episodes.ts'
import { tellApart } from '../faces/cluster.ts'
import type { StageInput } from '../kinds.ts'
import { startBeating } from './beat.ts'
import { madeBy, openEpisode } from './episode.ts'

export default async function cluster(job: JobContext<StageInput>) {
  const episode = openEpisode(job.input.episode)
  const { tracks, frames, framesPerSecond } = madeBy(episode, 'track')
  const faces = tracks.reduce((sum, { found }) => sum + found, 0)
  const beat = startBeating(job)
  const people = tellApart(tracks, framesPerSecond, (done) => {
    job.progress({ done, total: tracks.length, unit: 'tracks' })
    beat.tell({ frames: Math.round((done / tracks.length) * frames), total: frames, faces })
  })
  finish(episode, 'cluster', { seconds: frames / framesPerSecond, people })
  return { people: people.length }
}
