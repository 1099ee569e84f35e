// S2.7, for as long as one likes: the database is locked while chapters are saved and the book ends.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../../../test/contract/temporary.ts'
import { gate, idFor, isChapter, patientMs, type World } from './world.ts'

export async function writeWhileLocked(world: World, lockedMs: number) {
  const app = await world.open()
  const go = gate()
  const title = 'Locked In'
  world.fail(title, (question) => (isChapter(question) ? { hold: go.passed } : null))
  const { job, book } = await app.order({ id: idFor('locked'), title, chapters: '6' })
  await world.jobWhen(job, 'chapter 1 is being written', () => world.asked(title).filter(isChapter).length === 1)
  const other = new DatabaseSync(join(world.data, 'holdfast.db'), { timeout: 10_000 })
  other.exec('begin immediate')
  const lockedAt = performance.now()
  go.open()
  await until('it has ended, while nobody can write that down', () => world.recordOf(job).startsWith('0'), patientMs)
  const isTold = () => /^the database has been locked for \d+ s$/.test(app.app.holdfast.trouble() ?? '')
  await until('the lock is told', isTold, patientMs)
  await until(`${lockedMs} ms`, () => performance.now() - lockedAt >= lockedMs, patientMs)
  const meanwhile = await app.app.holdfast.get(job)
  assert.equal(meanwhile?.state, 'running')
  other.exec('rollback')
  other.close()
  const done = await world.ended(job)
  assert.deepEqual([done.state, done.attempts, done.failure], ['succeeded', 1, null])
  await until('it is over', () => app.app.holdfast.trouble() === null)
  const lines = (await (await world.looker()).log(job, { limit: 5_000 })).lines
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    lines.map((_, index) => index + 1),
  )
  assert.equal(lines.filter(({ text }) => /^chapter \d of 6 saved/.test(text)).length, 6)
  assert.equal((await app.get(`/books/${book}/6`)).status, 200)
  assert.ok(
    world.said.some((line) => /locked/.test(line)),
    `the app's log has it: ${world.said}`,
  )
  return done
}
