// What an app makes of its artifacts: loaded once for each set of snapshots, on the first request that comes after them.
import type { Clock } from '../core/clock.ts'
import type { Logger } from '../runner/house.ts'
import type { SnapshotRecord } from '../store/store.ts'
import type { ArtifactContext, LoadedAll, OpenSnapshot } from './artifact-types.ts'

interface Reading {
  open(names: readonly string[]): Promise<(OpenSnapshot | null)[]>
  current(name: string): Promise<SnapshotRecord | null>
  clock: Clock
  logger: Logger
}

interface Loaded<T> {
  /** Of which snapshots. */
  key: string
  value: T
  snapshots: OpenSnapshot[]
}

type Load<Names extends readonly string[], T> = (snapshots: LoadedAll<Names>) => Promise<T> | T

export function openContext<const Names extends readonly string[], T>(
  reading: Reading,
  names: Names,
  load: Load<Names, T>,
): ArtifactContext<T> {
  let loads = 0
  let closes = 0
  let held: Loaded<T> | null = null
  let failed: { key: string; at: number; error: unknown } | null = null
  let loading: Promise<Loaded<T> | null> | null = null

  async function refresh(): Promise<Loaded<T> | null> {
    const found = await reading.open(names)
    const snapshots = found.filter((snapshot) => snapshot !== null)
    const close = () => {
      for (const snapshot of snapshots) snapshot.close()
    }
    const key = keyOf(snapshots)
    if (snapshots.length < names.length || key === held?.key) {
      close()
      return held
    }
    try {
      loads++
      const closedBefore = closes
      const loaded = { key, value: await load(snapshots as unknown as LoadedAll<Names>), snapshots }
      if (closes > closedBefore) {
        close()
        return held
      }
      const before = held
      held = loaded
      failed = null
      for (const snapshot of before?.snapshots ?? []) snapshot.close()
      return held
    } catch (error) {
      close()
      failed = { key, at: reading.clock.now(), error }
      if (!held) throw error
      reading.logger.error(`what was published of ${names.join(', ')} could not be loaded; what was there before is used: ${error}`)
      return held
    }
  }

  function loaded(): Promise<unknown> {
    loading ??= refresh().finally(() => {
      loading = null
    })
    return loading
  }

  async function isNew(): Promise<boolean> {
    const current = await Promise.all(names.map((name) => reading.current(name)))
    const key = keyOf(current.filter((snapshot) => snapshot !== null))
    const isWaiting = failed?.key === key && reading.clock.now() - failed.at < againMs
    return held === null || (key !== held.key && !isWaiting)
  }

  return {
    async get() {
      // One that was on its way may be of what was there before.
      if (loading) await loading.catch(() => undefined)
      if (await isNew()) await loaded()
      return held?.value ?? null
    },
    loads: () => loads,
    close() {
      closes++
      for (const snapshot of held?.snapshots ?? []) snapshot.close()
      held = null
    },
  }
}

/** What could not be loaded is tried again so long after, if nothing newer is published. */
const againMs = 10_000

function keyOf(snapshots: readonly { id: number }[]): string {
  return snapshots.map(({ id }) => id).join()
}
