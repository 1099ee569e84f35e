// What is stored by an earlier version means the same to this one, on both databases.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { migrate } from '../../../src/store/migrations/migrate.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import { postgres, sqliteInMemory, write } from './databases.ts'
import { endOf, fenced, newJob, place, spec } from './stores.ts'

const before = (given: object) => {
  const { from: _from, validates: _validates, ...older } = spec
  return JSON.stringify({ ...older, ...given })
}

const stored = `
insert into queues (name) values ('default');
insert into kinds (name) values ('rebuild');
insert into queue_kinds (queue, kind) values ('default', 'rebuild');
insert into jobs (id, kind, queue, state, spec, input, submitted_by, submitted_at, available_at, updated_at, finished_at, attempts) values
  (1, 'rebuild', 'default', 'succeeded', '${before({ artifacts: ['index', 'taste'] })}', 'null', 'ana', 1, 1, 10, 10, 1),
  (2, 'rebuild', 'default', 'succeeded', '${before({ artifacts: ['index'] })}', 'null', null, 2, 2, 20, 20, 1),
  (3, 'rebuild', 'default', 'queued',    '${before({ artifacts: ['index', 'new'] })}', 'null', null, 3, 3, 3, null, 0),
  (4, 'rebuild', 'default', 'queued',    '${before({})}', 'null', null, 4, 4, 4, null, 0);
insert into snapshots (id, artifact, number, job_id, attempt, folder, fingerprint, files, bytes, published_at) values
  (1, 'index', 1, 1, 1, '1-1', 'a', 1, 5, 10), (2, 'taste', 1, 1, 1, '1-1', 'a', 1, 5, 10), (3, 'index', 2, 2, 1, '2-1', 'b', 1, 7, 20), (4, 'index', 3, 99, 1, '99-1', 'c', 1, 9, 30);
insert into artifacts (name, current_snapshot_id, snapshots_made) values ('index', 4, 3), ('taste', 2, 1);
`

describe('migrations', () => {
  for (const adapter of [sqliteInMemory, postgres])
    test(`artifacts, ${adapter.name}: who built what and when it was replaced is known of what was there; what is queued is published`, async () => {
      const { database, close } = await adapter.open()
      const options = { database, copy: null, folderInode: 'test', now: 1 }
      try {
        await migrate({ ...options, upTo: 4 })
        for (const statement of stored.split(';\n').filter((text) => text.trim() !== '')) await write(database, statement)
        if (database.dialect.name === 'postgres')
          for (const table of ['jobs', 'snapshots']) await write(database, `select setval(pg_get_serial_sequence('${table}', 'id'), 100)`)
        const store = sqlStore(database, await migrate(options))
        const artifacts = await store.artifacts.list({ builds: 9 })
        assert.deepEqual(
          artifacts.map(({ name, current, builds, bytes }) => [name, current?.number, builds.map(({ jobId }) => jobId), bytes]),
          [
            ['index', 3, [3, 2, 1], 21],
            ['new', undefined, [3], 0],
            ['taste', 1, [1], 5],
          ],
        )
        const { snapshots } = await store.artifacts.kept({ name: 'index' })
        assert.deepEqual(
          snapshots.map(({ number, kind, submittedBy, replacedAt, isCurrent }) => [number, kind, submittedBy, replacedAt, isCurrent]),
          [
            [3, null, null, null, true],
            [2, 'rebuild', null, 30, false],
            [1, 'rebuild', 'ana', 20, false],
          ],
        )
        const job = await store.jobs.get({ id: 3 })
        assert.deepEqual([job?.spec.from, job?.spec.validates], ['empty', false])
        const { fence } = fenced(await store.jobs.submitClaimed({ job: newJob(), place, now: 5 }))
        const snapshot = { artifact: 'new', folder: 'x', fingerprint: null, seededFrom: null, files: 1, bytes: 1 }
        await store.claims.finish({ fence, end: endOf('well', { published: [snapshot] }) })
        assert.equal((await store.artifacts.list({ names: ['new'] }))[0]?.current?.number, 1)
      } finally {
        await close()
      }
    })

  for (const adapter of [sqliteInMemory, postgres])
    test(`saved, ${adapter.name}: a job that has a checkpoint is known to have one; how far it was then nobody wrote down`, async () => {
      const { database, close } = await adapter.open()
      const options = { database, copy: null, folderInode: 'test', now: 1 }
      try {
        await migrate({ ...options, upTo: 7 })
        const checkpoints = "insert into checkpoints (job_id, attempt, value, saved_at) values (1, 1, '{\"page\":3}', 7), (2, 1, 'null', 8)"
        for (const statement of [...stored.split(';\n'), checkpoints].filter((text) => text.trim() !== '')) await write(database, statement)
        const store = sqlStore(database, await migrate(options))
        const saved = await Promise.all([1, 2, 3].map(async (id) => (await store.jobs.get({ id }))?.saved))
        assert.deepEqual(saved, [{ at: 7, phase: null, done: null, total: null, unit: null }, null, null])
      } finally {
        await close()
      }
    })
})
