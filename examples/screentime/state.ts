// How an episode stands: what is done, from its files; what is going on, from Holdfast. What the pages are drawn from.
import type { App } from './app.ts'
import { type Episode, type Results, readResult } from './episodes.ts'
import { whyNot } from './kinds.ts'
import { type Stage, stages } from './stages.ts'

export interface EpisodeState {
  name: string
  results: { [S in Stage]: Results[S] | null }
  /** What is said of a result that is there and cannot be read. */
  faults: Partial<Record<Stage, string>>
  /** Why a stage cannot be started; null: it can. Whether it runs the button knows by itself. */
  reasons: Record<Stage, string | null>
}

export interface EpisodeList {
  /** Each with the stage that is going on. */
  episodes: (EpisodeState & { active: Stage | null })[]
  /** Of how many, from 1. */
  page: number
  pages: number
}

const episodesOnPage = 48

/** Null: there is no such page. */
export async function listEpisodes({ holdfast, library }: Pick<App, 'holdfast' | 'library'>, page: number): Promise<EpisodeList | null> {
  const all = library.list()
  const pages = Math.max(1, Math.ceil(all.length / episodesOnPage))
  if (!Number.isInteger(page) || page < 1 || page > pages) return null
  const { jobs } = await holdfast.list({ state: ['running', 'stopping'], limit: 200 })
  const activeOf = (name: string) =>
    stages.find((stage) => jobs.some(({ kind, uniqueKey }) => kind === stage && uniqueKey === name)) ?? null
  const shown = all.slice((page - 1) * episodesOnPage, page * episodesOnPage)
  return { episodes: shown.map((episode) => ({ ...stateOf(episode), active: activeOf(episode.name) })), page, pages }
}

export function stateOf(episode: Episode): EpisodeState {
  const faults: EpisodeState['faults'] = {}
  const read = <S extends Stage>(stage: S) => readResult(episode, stage, (words) => (faults[stage] = words))
  const results = { extract: read('extract'), detect: read('detect'), track: read('track'), cluster: read('cluster') }
  const reasons = stages.map((stage) => [stage, whyNot(stage, episode, (before) => results[before] !== null)])
  return { name: episode.name, results, faults, reasons: Object.fromEntries(reasons) }
}
