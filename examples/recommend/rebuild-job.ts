// The one kind of long work this app has: what a rebuild is called, what it takes and what it publishes.
import { join } from 'node:path'
import { defineJob } from 'holdfast'
import { z } from 'zod'
import { filmsPath } from './index/films.ts'
import { readIndex, readProfile } from './index/index-files.ts'
import { dimensions } from './index/vectors.ts'
import { buildSettings, fingerprintOf } from './settings.ts'

export const rebuildInput = z.object({
  /** `data` builds index and profile; `profile` keeps the index and reads the watch history again. */
  mode: z.enum(['profile', 'data']),
  /** Captured when it is asked for, whatever is saved meanwhile. In mode `profile` those of the index that is kept. */
  settings: buildSettings,
  /** Number of the settings that were saved when it was asked for. */
  generation: z.number().int(),
  /** Folder in which an operator finds the whole log. */
  logs: z.string(),
})
export type RebuildInput = z.infer<typeof rebuildInput>
export type Mode = RebuildInput['mode']

/** Where an operator finds the whole log of a rebuild. */
export const logFile = (logs: string, id: number): string => join(logs, `rebuild-${id}.log`)

export type RebuildJob = ReturnType<typeof defineRebuild>

/** `films`: another list of the same shape, such as a short one for tests. */
export function defineRebuild(films = process.env.RECOMMEND_FILMS ?? filmsPath) {
  return defineJob({
    kind: 'rebuild',
    title: 'Rebuild index',
    description: 'Compares all films with each other and learns the taste from the watch history.',
    input: rebuildInput,
    module: new URL('./rebuild.ts', import.meta.url),
    environment: { RECOMMEND_FILMS: films },
    output: 'merged',
    unique: true,
    artifacts: ['watch-index', 'taste-profile'],
    fingerprint: ({ settings }) => fingerprintOf(settings),
    from: ({ mode }) => (mode === 'profile' ? 'current' : 'empty'),
    validate: (staging, { input }) => faultOf(staging, rebuildInput.parse(input)),
  })
}

/** The last look before it is used: why not, in a sentence; null where index and profile are whole and fit together. */
async function faultOf(staging: string, { settings }: RebuildInput): Promise<string | null> {
  const index = await readIndex(join(staging, 'watch-index'))
  const watched = await readProfile(join(staging, 'taste-profile'))
  const { films, neighbours, vectors } = index
  if (neighbours.length !== films.length || vectors.values.length !== films.length * dimensions) return 'The index is not whole'
  if (fingerprintOf(index.settings) !== fingerprintOf(settings)) return 'Another index took the place of the one that was to be kept'
  const rows = new Set(films.map(({ row }) => row))
  return watched.some(({ row }) => rows.has(row))
    ? null
    : 'None of the watched films is in the index, so there is nothing to recommend from'
}
