// How an episode stands: what is done, from its files; what is going on, from Holdfast. What the pages are drawn from.
import type { Job } from 'holdfast'
import type { App } from './app.ts'
import { type Episode, type Results, readResult } from './episodes.ts'
import { whyNot } from './kinds.ts'
import { type Stage, stages } from './stages.ts'

export interface EpisodeState {
  name: string
  results: { [S in Stage]: Results[S] | null }
  /** Why a stage cannot be started; null: it can. Whether it runs the button knows by itself. */
  reasons: Record<Stage, string | null>
  /** The stage that is going on. */
  active: Stage | null
}

export async function allEpisodes(app: App): Promise<EpisodeState[]> {
  const { jobs } = await app.holdfast.list({ state: ['queued', 'running', 'stopping'], limit: 200 })
  return app.library.list().map((episode) => stateOf(app, episode, jobs))
}

export async function oneEpisode(app: App, name: string): Promise<EpisodeState | null> {
  return (await allEpisodes(app)).find((episode) => episode.name === name) ?? null
}

function stateOf({ library }: App, episode: Episode, jobs: readonly Job[]): EpisodeState {
  const active = jobs.findLast(({ uniqueKey }) => uniqueKey === episode.name)
  return {
    name: episode.name,
    results: {
      extract: readResult(episode, 'extract'),
      detect: readResult(episode, 'detect'),
      track: readResult(episode, 'track'),
      cluster: readResult(episode, 'cluster'),
    },
    reasons: Object.fromEntries(stages.map((stage) => [stage, whyNot(stage, episode.name, library)])) as EpisodeState['reasons'],
    active: stages.find((stage) => stage === active?.kind) ?? null,
  }
}
