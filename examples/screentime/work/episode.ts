// What a stage works on: found anew in its own process, which may be older than the app that looks after it.
import { doNotRetry } from 'holdfast/job'
import { type Episode, openLibrary, type Results, readResult } from '../episodes.ts'
import { type Stage, titles } from '../stages.ts'

/** @throws Error when there is none of that name */
export function openEpisode(name: string): Episode {
  const folder = process.env.SCREENTIME_FOLDER
  if (folder === undefined) throw doNotRetry('SCREENTIME_FOLDER is not set: a stage is started by the app')
  const episode = openLibrary(folder).get(name)
  if (episode === null) throw doNotRetry(`there is no episode “${name}”`)
  return episode
}

/** @throws Error when that stage has to be done first */
export function madeBy<S extends Stage>(episode: Episode, stage: S): Results[S] {
  const result = readResult(episode, stage)
  if (result === null) throw doNotRetry(`${titles[stage]} has to be done first`)
  return result
}
