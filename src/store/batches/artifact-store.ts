// Batches about artifacts: what is wanted, which snapshot is current, who reads which. Publishing is in publishing.ts.
import { rollBackTarget } from '../../core/snapshots.ts'
import { toArtifact, toArtifactEvent, toPin, toSnapshot } from '../artifact-rows.ts'
import { number, numberOrNull, string } from '../rows.ts'
import { type Batch, type Decision, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
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
  const { to, ...asked } = change
  return 'wanted' in to ? wishBatch({ ...asked, wanted: to.wanted }) : moveBatch({ ...asked, to })
}

function wishBatch({ name, wanted, by, now }: Omit<Change, 'to'> & { wanted: string | null }): Batch<ArtifactRecord> {
  const own = statements.artifactsWithCurrent([name])
  return {
    locks: [statements.ensureArtifact(name), statements.lockArtifacts([name])],
    reads: [own],
    decide([rows = []]) {
      const there = rows[0] ? toArtifact(rows[0], []) : null
      const isNews = (there?.wanted?.fingerprint ?? null) !== wanted
      if (!isNews) return there ? noWrites(there) : answeredBy([statements.ensureArtifact(name)], own)
      const event = { artifact: name, name: 'wanted', number: null, before: there?.current?.number ?? null, by, words: wanted, now }
      const wish = [statements.ensureArtifact(name), statements.want({ name, fingerprint: wanted, by, now })]
      return answeredBy([...wish, ...statements.recordEvent(event)], own)
    },
  }
}

type Move = Omit<Change, 'to'> & { to: Exclude<Change['to'], { wanted: unknown }> }

function moveBatch({ name, to, by, now }: Move): Batch<ArtifactRecord | MoveRefused> {
  const own = statements.artifactsWithCurrent([name])
  const target = (kept: readonly Row[] = []) => targetOf(to.current, kept.map(toSnapshot))
  return {
    locks: [to.together ? statements.lockTogether(name) : statements.lockArtifacts([name])],
    reads: [
      own,
      statements.snapshotsOf(name),
      ([, kept]) => {
        const found = target(kept)
        return 'refused' in found ? null : statements.publishedBy(found)
      },
    ],
    decide([rows = [], kept, published = []]) {
      const there = rows[0] ? toArtifact(rows[0], []) : null
      if (!there) return noWrites({ refused: 'no such artifact' })
      const found = target(kept)
      if ('refused' in found) return noWrites(found)
      const moves = published
        .map((row) => ({ artifact: string(row.artifact), number: number(row.number), before: numberOrNull(row.before) }))
        .filter((one) => one.number !== one.before && (to.together === true || one.artifact === name))
      if (moves.length === 0) return noWrites(there)
      const writes = moves.flatMap((move) => [
        ...statements.movePointer(move.artifact, move.number, now),
        ...statements.recordEvent({ ...move, name: directionOf(move), by, words: to.reason, now }),
      ])
      return answeredBy(writes, own)
    },
  }
}

function directionOf({ number, before }: { number: number; before: number | null }): string {
  return before !== null && number < before ? 'rolled back' : 'rolled forward'
}

function targetOf(asked: number | null, kept: readonly SnapshotRecord[]): SnapshotRecord | MoveRefused {
  if (asked === null) return rollBackTarget(kept) ?? { refused: 'none before it' }
  return kept.find((snapshot) => snapshot.number === asked) ?? { refused: 'no such snapshot' }
}

function answeredBy(writes: readonly Step[], again: Step): Decision<ArtifactRecord> {
  return {
    writes: [...writes, again],
    answer(written) {
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
