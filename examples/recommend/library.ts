// The reader's side: the last published index and taste in memory, loaded once a snapshot. Knows artifacts, not rebuilds.
import type { Holdfast, Snapshot } from 'holdfast'
import { readIndex, readProfile, type WatchIndex } from './index/index-files.ts'
import type { TasteProfile } from './index/taste.ts'

export interface Library {
  /** What requests are answered from; null before the first rebuild has succeeded. */
  current(): Promise<Loaded | null>
  /** How often an index was read from disk: once a snapshot, never for a failed rebuild. */
  loads(): number
}

export interface Loaded {
  snapshot: Snapshot
  index: WatchIndex
  taste: TasteProfile
}

export function openLibrary(holdfast: Holdfast): Library {
  let loads = 0
  let held: { path: string; loading: Promise<Loaded> } | null = null

  const load = async (snapshot: Snapshot): Promise<Loaded> => {
    loads += 1
    const [index, taste] = await Promise.all([readIndex(snapshot.path), readProfile((await twin(holdfast, snapshot)).path)])
    return { snapshot, index, taste }
  }

  const current = async (): Promise<Loaded | null> => {
    const snapshot = await holdfast.artifact('watch-index').current()
    if (snapshot === null) return null
    if (held?.path !== snapshot.path) {
      const loading = load(snapshot)
      held = { path: snapshot.path, loading }
      loading.catch(() => {
        held = null
      })
    }
    return held.loading
  }

  return { current, loads: () => loads }
}

/** The taste profile of the same rebuild: the two were published together and are read together, whatever is published meanwhile. */
async function twin(holdfast: Holdfast, { jobId, attempt }: Snapshot): Promise<Snapshot> {
  const profiles = await holdfast.artifact('taste-profile').snapshots()
  const found = profiles.find((profile) => profile.jobId === jobId && profile.attempt === attempt)
  if (found === undefined) throw new Error(`There is no taste profile for the index of rebuild ${jobId}`)
  return found
}
