// Artifacts as an app sees them: read what is current, say what is wanted, go back. Publishing is the runner's.
import { isAbsolute, join, relative, resolve } from 'node:path'
import { type ArtifactDetail, type ArtifactView, isArtifactName, type Snapshot } from '../core/artifact.ts'
import { conditionOf } from '../core/condition.ts'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import { linkCurrent } from '../runner/link-current.ts'
import type { ArtifactChange, ArtifactRecord, SnapshotRecord } from '../store/store.ts'
import { openContext } from './artifact-context.ts'
import { fixedArtifacts } from './artifact-names.ts'
import type { Artifact, Artifacts, OpenSnapshot } from './artifact-types.ts'
import { checkBy, checkOptions, checkText } from './checks.ts'
import type { Instance } from './instance.ts'

export function artifacts(instance: Instance): Artifacts {
  const { store, house } = instance
  const open = async (names: readonly string[]) => {
    for (const name of names) checkArtifact(name)
    const found = await instance.pins.take(names)
    return found.map((record) => record && opened(instance, record))
  }
  return {
    async list() {
      const records = await store.artifacts.list({ builds: limits.artifactBuilds })
      const there = new Set(records.map(({ name }) => name))
      const declared = new Set([...instance.kinds.values()].flatMap(fixedArtifacts))
      const unbuilt = [...declared].filter((name) => !there.has(name)).map(neverBuilt)
      return [...records, ...unbuilt].sort((a, b) => (a.name < b.name ? -1 : 1)).map((record) => viewOf(instance, record))
    },
    // Types say as many as names; a list cannot.
    open: open as Artifacts['open'],
    context: (names, load) =>
      openContext({ open, current: (name) => instance.pointers.current(name), clock: house.clock, logger: house.logger }, names, load),
  }
}

export function artifact(instance: Instance, name: string): Artifact {
  checkArtifact(name)
  const { store, house, pointers, pins } = instance
  const change = async (to: ArtifactChange, by: string | null) => {
    const changed = await store.artifacts.change({ name, to, by, now: house.clock.now() })
    pointers.forget()
    return changed
  }
  return {
    name,
    async current() {
      const record = await pointers.current(name)
      return record && toSnapshot(instance, record)
    },
    async open(number) {
      if (number !== undefined) checkNumber(number)
      const [record] = await pins.take([name], number)
      return record ? opened(instance, record) : null
    },
    snapshots: async () => (await store.artifacts.kept({ name })).snapshots.map((record) => toSnapshot(instance, record)),
    detail: () => detail(instance, name),
    async want(fingerprint, asked) {
      const by = checkBy(asked)
      const changed = await change({ wanted: checkWanted(fingerprint) }, by)
      return 'refused' in changed ? viewOf(instance, neverBuilt(name)) : viewNow(instance, name)
    },
    async rollBack(asked = {}) {
      checkOptions({ of: 'rollBack' }, asked, { to: true, together: true, reason: true, by: true })
      const { to, together = false, reason, by: asker } = asked
      const by = checkText({ field: 'by' }, asker)
      if (to !== undefined) checkNumber(to)
      const changed = await change({ current: to ?? null, together: together === true, reason: checkText({ field: 'reason' }, reason) }, by)
      if ('refused' in changed) throw refusal(name, changed.refused, to)
      const others = together ? (await store.artifacts.list()).map((one) => one.name) : []
      for (const moved of new Set([name, ...others])) {
        // The pointer was moved; a sweep mends the link.
        await linkCurrent(house, moved).catch((error) => house.logger.warn(`the link current/${moved} could not be made: ${error}`))
      }
      if (!changed.current) throw new Error(`The pointer of ${name} was moved and points nowhere.`)
      return toSnapshot(instance, changed.current)
    },
    onChange(listener) {
      let seen: number | null | undefined
      const look = async () => {
        const id = (await pointers.current(name))?.id ?? null
        if (seen !== undefined && id !== seen) listener()
        seen = id
      }
      const lookAgain = () => void look().catch(() => undefined)
      lookAgain()
      const unsubscribe = store.onChange(lookAgain, 'jobs')
      const stop = house.clock.every(limits.pollMs, lookAgain)
      return () => {
        unsubscribe()
        stop()
      }
    },
  }
}

async function detail(instance: Instance, name: string): Promise<ArtifactDetail | null> {
  const [[record], { snapshots, events }] = await Promise.all([
    instance.store.artifacts.list({ names: [name], builds: limits.artifactBuilds }),
    instance.store.artifacts.kept({ name }),
  ])
  const isDeclared = [...instance.kinds.values()].some((kind) => fixedArtifacts(kind).includes(name))
  if (!record && !isDeclared) return null
  const known = record ?? neverBuilt(name)
  const kept = snapshots.map(({ pins, ...snapshot }) => ({
    ...toSnapshot(instance, snapshot),
    readers: pins.map(({ program, pid, hostId, since }) => ({ program, pid, hostId, since })),
  }))
  return { ...viewOf(instance, known), kept, events, builds: known.builds }
}

async function viewNow(instance: Instance, name: string): Promise<ArtifactView> {
  const [record] = await instance.store.artifacts.list({ names: [name], builds: limits.artifactBuilds })
  return viewOf(instance, record ?? neverBuilt(name))
}

function viewOf(instance: Instance, record: ArtifactRecord): ArtifactView {
  const { builds: _, current, ...own } = record
  return { ...own, ...conditionOf(record), current: current && toSnapshot(instance, current) }
}

function neverBuilt(name: string): ArtifactRecord {
  return { name, current: null, wanted: null, snapshots: 0, bytes: 0, version: 0, builds: [] }
}

function toSnapshot({ folder: data }: Instance, { folder, ...snapshot }: SnapshotRecord): Snapshot {
  return { ...snapshot, path: join(data.snapshots, snapshot.artifact, folder) }
}

function opened(instance: Instance, record: SnapshotRecord): OpenSnapshot {
  const snapshot = toSnapshot(instance, record)
  let isOpen = true
  const close = () => {
    if (isOpen) instance.pins.letGo(record)
    isOpen = false
  }
  return {
    ...snapshot,
    get ageMs() {
      return Math.max(0, instance.house.clock.now() - snapshot.publishedAt)
    },
    file: (path) => inside(snapshot.path, path),
    close,
    [Symbol.dispose]: close,
  }
}

function inside(root: string, path: string): string {
  const file = resolve(root, path)
  const way = relative(root, file)
  if (!isAbsolute(path) && way !== '..' && !way.startsWith('../')) return file
  throw new HoldfastError('invalid_request', `path must stay in the snapshot, not ${JSON.stringify(path)}.`, { details: { field: 'path' } })
}

function checkArtifact(name: string): void {
  if (typeof name === 'string' && isArtifactName(name)) return
  throw new HoldfastError('invalid_request', `artifact must be lower-case letters, digits, "-", "_" or ".", not ${JSON.stringify(name)}.`, {
    details: { field: 'artifact' },
  })
}

function checkNumber(number: number): void {
  if (Number.isSafeInteger(number) && number > 0) return
  throw new HoldfastError('invalid_request', `snapshot must be the number of a snapshot, from 1, not ${JSON.stringify(number)}.`, {
    details: { field: 'snapshot' },
  })
}

function checkWanted(fingerprint: string | null): string | null {
  if (fingerprint === null) return null
  const isFit = typeof fingerprint === 'string' && fingerprint.length <= limits.fingerprint && !fingerprint.includes('\0')
  if (isFit) return fingerprint
  throw new HoldfastError(
    'invalid_request',
    `fingerprint must be a text of at most ${limits.fingerprint} characters without NUL, or null.`,
    {
      details: { field: 'fingerprint' },
    },
  )
}

function refusal(name: string, refused: 'no such artifact' | 'no such snapshot' | 'none before it', to: number | undefined): HoldfastError {
  const details = { artifact: name, ...(to === undefined ? {} : { snapshot: to }) }
  if (refused === 'no such artifact') return new HoldfastError('artifact_not_found', `There is no artifact "${name}".`, { details })
  if (refused === 'no such snapshot')
    return new HoldfastError('snapshot_not_found', `There is no snapshot ${to} of ${name}: it never was, or is kept no longer.`, {
      details,
    })
  return new HoldfastError('wrong_state', `There is no snapshot of ${name} before the current one to go back to.`, { details })
}
