// Batches about artifacts: what is wanted, which snapshot is current, who reads which. Publishing is in publishing.ts.
import { rollBackTarget } from '../../core/snapshots.ts'
import { toArtifact, toArtifactEvent, toPin, toSnapshot } from '../artifact-rows.ts'
import { number } from '../rows.ts'
import { type Batch, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/artifacts.ts'
import type { ArtifactRecord, KeptArtifact, MoveRefused, SnapshotRecord, Store } from '../store.ts'

type Artifacts = Store['artifacts']

export function artifactStore(database: SqlDatabase): Artifacts {
  return {
    list: (options) => list(database, options),
    kept: ({ name }) => kept(database, name),
    change: (options) => database.batch(changeBatch(options), 'caller'),
    hold: (options) => database.batch(holdBatch(options), 'caller'),
    forget: ({ id }) => database.batch(forgetBatch(id), 'supervisor'),
  }
}

async function list(database: SqlDatabase, { names, builds = 0 }: Parameters<Artifacts['list']>[0] = {}): Promise<ArtifactRecord[]> {
  if (names?.length === 0) return []
  const rows = await database.query(statements.artifactsWithCurrent(names))
  const there = rows.map((row) => String(row.name))
  const built = builds === 0 || there.length === 0 ? [] : await database.query(statements.newestBuilds(there, builds))
  return rows.map((row) => toArtifact(row, built))
}

async function kept(database: SqlDatabase, name: string): Promise<KeptArtifact> {
  const [snapshots, pins, events] = await Promise.all([
    database.query(statements.snapshotsOf(name)),
    database.query(statements.pinsOf(name)),
    database.query(statements.eventsOf(name)),
  ])
  const pinsOn = Map.groupBy(pins, (row) => number(row.snapshot_id))
  return {
    snapshots: snapshots.map((row) => ({ ...toSnapshot(row), pins: (pinsOn.get(number(row.id)) ?? []).map(toPin) })),
    events: events.map(toArtifactEvent),
  }
}

type Change = Parameters<Artifacts['change']>[0]

function changeBatch(change: Change): Batch<ArtifactRecord | MoveRefused> {
  const { name, to, by, now } = change
  const again = statements.artifactsWithCurrent([name])
  const isWish = 'wanted' in to
  const lock = statements.lockArtifacts([name])
  return {
    locks: isWish ? [statements.ensureArtifact(name), lock] : [lock],
    reads: [again, statements.snapshotsOf(name)],
    decide([own = [], snapshotRows = []]) {
      const there = own[0] ? toArtifact(own[0], []) : null
      if (isWish) {
        const { wanted } = to
        if (there && (there.wanted?.fingerprint ?? null) === wanted) return noWrites(there)
        const event = { artifact: name, name: 'wanted', number: null, before: there?.current?.number ?? null, by, words: wanted, now }
        return answeredAgain([statements.ensureArtifact(name), statements.want({ name, fingerprint: wanted, by, now })], event, again)
      }
      if (!there) return noWrites(noArtifact)
      const target = targetOf(to.current, snapshotRows.map(toSnapshot))
      if ('refused' in target) return noWrites(target)
      if (target.isCurrent) return noWrites(there)
      const before = there.current?.number ?? null
      const direction = before !== null && target.number < before ? 'rolled back' : 'rolled forward'
      const event = { artifact: name, name: direction, number: target.number, before, by, words: to.reason, now }
      return answeredAgain(statements.movePointer(name, target.number, now), event, again)
    },
  }
}

const noArtifact: MoveRefused = { refused: 'no such artifact' }

function targetOf(asked: number | null, kept: readonly SnapshotRecord[]): SnapshotRecord | MoveRefused {
  if (asked === null) return rollBackTarget(kept) ?? { refused: 'none before it' }
  return kept.find((snapshot) => snapshot.number === asked) ?? { refused: 'no such snapshot' }
}

function answeredAgain(writes: readonly Step[], event: statements.ArtifactEventRow, again: Step) {
  return {
    writes: [...writes, ...statements.recordEvent(event), again],
    answer: (written: Row[][]): ArtifactRecord => {
      const row = written.at(-1)?.[0]
      if (!row) throw new Error('An artifact that was changed must be there.')
      return toArtifact(row, [])
    },
  }
}

function holdBatch({ holder, names, number: asked, keep, now }: Parameters<Artifacts['hold']>[0]): Batch<(SnapshotRecord | null)[]> {
  const isOne = asked !== undefined
  return {
    // A snapshot that is being removed is not found any more, and one that is found is not removed.
    locks: names.length > 0 ? [statements.lockArtifacts(names)] : [],
    reads: names.length === 0 ? [] : isOne ? names.map(statements.snapshotsOf) : [statements.artifactsWithCurrent(names)],
    changes: 'lines',
    decide([rows = []]) {
      const found = isOne
        ? names.map(() => rows.map(toSnapshot).find((snapshot) => snapshot.number === asked) ?? null)
        : names.map((name) => rows.map((row) => toArtifact(row, [])).find((artifact) => artifact.name === name)?.current ?? null)
      const read = [...keep, ...found.flatMap((snapshot) => snapshot?.id ?? [])]
      return {
        writes: [
          statements.unpin(holder.holder, read),
          statements.renewPins(holder.holder, now),
          ...(read.length === 0 ? [] : [statements.pinKept(read, holder, now)]),
        ],
        answer: () => found,
        // Nobody waits for that.
        changes: () => false,
      }
    },
  }
}

function forgetBatch(id: number): Batch<boolean> {
  return {
    locks: [statements.lockArtifactOf(id)],
    reads: [],
    changes: 'lines',
    decide: () => ({
      writes: [statements.deleteSnapshot(id)],
      answer: ([gone = []]) => gone.length > 0,
      changes: () => false,
    }),
  }
}
