// Waiting for an app's own SQLite file, which another connection really holds.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { temporaryFolder, until } from '../../test/contract/temporary.ts'
import { whenFree } from './when-free.ts'

function held() {
  const path = join(temporaryFolder('when-free'), 'films.db')
  const ours = new DatabaseSync(path, { timeout: 0 })
  ours.exec('create table films (title)')
  const add = (title: string) => ours.prepare('insert into films values (?)').run(title)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  return {
    ours,
    other,
    add,
    titles: () =>
      ours
        .prepare('select title from films')
        .all()
        .map(({ title }) => title),
  }
}

test('S2.7 what is held is waited for while everything else goes on, and done once', async () => {
  const { other, add, titles } = held()
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  const added = whenFree(() => add('Nosferatu'), { forMs: 60_000 })
  await until('the process goes on', () => turns > 20)
  assert.deepEqual(titles(), [])
  other.exec('rollback')
  await added
  clearInterval(turning)
  assert.deepEqual(titles(), ['Nosferatu'])
})

test('patience ends with an error that says so, a signal ends it at once, and a fault is not waited for', async () => {
  const { other, add, titles } = held()
  await assert.rejects(
    whenFree(() => add('M'), { forMs: 20 }),
    { code: 'database_busy', retryable: true, message: /locked by another process for/ },
  )
  const stop = new AbortController()
  const stopped = assert.rejects(
    whenFree(() => add('M'), { forMs: 60_000, signal: stop.signal }),
    { message: 'stopped' },
  )
  stop.abort(new Error('stopped'))
  await stopped
  await assert.rejects(
    whenFree(() => add(Symbol('M') as never), { forMs: 60_000 }),
    TypeError,
  )
  other.exec('rollback')
  assert.deepEqual(titles(), [])
})
