// The one kind of long work this app has: what a rebuild is called, what it takes and what it publishes.
import { defineJob } from 'holdfast'
import { z } from 'zod'
import { filmsPath } from './index/films.ts'
import { buildSettings, fingerprintOf } from './settings.ts'

export const rebuildInput = z.object({
  /** `data` builds index and profile; `profile` keeps the index and reads the watch history again. */
  mode: z.enum(['profile', 'data']),
  /** Captured when it is asked for, whatever is saved meanwhile. */
  settings: buildSettings,
  /** Folder of the index that mode `profile` keeps. */
  keep: z.string().optional(),
})
export type RebuildInput = z.infer<typeof rebuildInput>

export type RebuildJob = ReturnType<typeof defineRebuild>

/** `films`: another list of the same shape, such as a short one for tests. */
export function defineRebuild({ films = filmsPath }: { films?: string } = {}) {
  return defineJob({
    kind: 'rebuild',
    title: 'Rebuild index',
    description: 'Compares all films with each other and learns the taste from the watch history.',
    input: rebuildInput,
    module: new URL('./rebuild.ts', import.meta.url),
    environment: { RECOMMEND_FILMS: films },
    unique: true,
    artifacts: ['watch-index', 'taste-profile'],
    fingerprint: ({ settings }) => fingerprintOf(settings),
  })
}
