// The app's tables, without processes: what a second attempt may replace, what two people who change the same letter get, and what becomes
// of it when another connection holds them.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { openResults } from './results.ts'

const open = () => openResults(':memory:', { forMs: 0 })
const made = { id: 7, attempt: 1, input: { posting: 'kestrel-data' } }
const letter = { writer: 'templates', recipient: null, text: 'one' }

test('S5.2 I6 a second attempt replaces what the first one wrote, an earlier one replaces nothing, and what a person has changed or approved stays', async () => {
  const results = await open()
  const fact = (text: string) => ({ topic: 'Team', text, source: 'http://x/' })
  await results.keepResearch(made, { pages: 2, facts: [fact('a'), fact('b'), fact('c')] })
  await results.keepResearch({ ...made, attempt: 2 }, { pages: 3, facts: [fact('d')] })
  await results.keepResearch(made, { pages: 9, facts: [fact('late'), fact('late')] })
  const { pages, facts } = (await results.lastResearch('kestrel-data'))!
  assert.deepEqual([pages, facts.map(({ text }) => text)], [3, ['d']])
  await results.keepLetter(made, letter)
  await results.keepLetter({ ...made, attempt: 2 }, { ...letter, text: 'two' })
  await results.keepLetter(made, { ...letter, text: 'late' })
  const { text, version } = (await results.lastLetter('kestrel-data'))!
  assert.deepEqual([text, version], ['two', 2])
  // The same text again is no other version: who has it before him may still save. And what a row says it is about is the last one's word.
  await results.keepLetter({ ...made, attempt: 2, input: { posting: 'other' } }, { ...letter, text: 'two' })
  await results.keepResearch({ ...made, attempt: 2, input: { posting: 'other' } }, { pages: 3, facts })
  assert.deepEqual([(await results.lastLetter('other'))?.job, (await results.lastResearch('other'))?.job], [7, 7])
  await results.keepLetter({ ...made, attempt: 2 }, { ...letter, text: 'two' })
  assert.equal((await results.lastLetter('kestrel-data'))?.version, 2)
  await results.change(7, { text: 'two', version, isApproval: true })
  await results.keepLetter({ ...made, attempt: 3 }, { ...letter, text: 'three' })
  await results.keepLetter({ ...made, id: 8 }, letter)
  await results.change(8, { text: 'mine', version: 1, isApproval: false })
  await results.keepLetter({ ...made, id: 8, attempt: 2 }, { ...letter, text: 'again' })
  assert.deepEqual(
    [await results.letter(7), await results.letter(8)].map((kept) => kept?.text),
    ['two', 'mine'],
  )
  assert.deepEqual(
    (await results.approved(50)).map(({ job }) => job),
    [7],
  )
  results.close()
})

test('a letter is changed only by who saw it as it is; who asks for what is there already is content', async () => {
  const results = await open()
  await results.keepLetter(made, letter)
  const { version } = (await results.letter(7))!
  const change = async (text: string, seen: number, isApproval = false) => {
    const changed = (await results.change(7, { text, version: seen, isApproval }))!
    return [changed.isDone, changed.letter.text, changed.letter.approvedAt !== null]
  }
  assert.deepEqual(await change('mine', 0), [false, 'one', false])
  assert.deepEqual(await change('mine', version), [true, 'mine', false])
  assert.deepEqual(await change('theirs', version), [false, 'mine', false])
  assert.deepEqual(await change('theirs', version, true), [false, 'mine', false])
  assert.deepEqual(await change('mine', version, true), [true, 'mine', true])
  assert.deepEqual(await change('theirs', (await results.letter(7))!.version), [false, 'mine', true])
  assert.deepEqual(await change('mine', version), [true, 'mine', true])
  assert.equal(await results.change(8, { text: 'x', version, isApproval: false }), null)
  results.close()
})

test('what is held is waited for while others go on, for a while or until it is stopped; and nothing of it is done', async () => {
  const path = join(temporaryFolder('jobhunt-held'), 'results.db')
  const stop = new AbortController()
  const results = await openResults(path, { forMs: 60_000, signal: stop.signal })
  const hasty = await openResults(path, { forMs: 100 })
  const busy = { code: 'database_busy' }
  const holder = new DatabaseSync(path)
  holder.exec('begin immediate')
  const kept = results.keepLetter(made, letter)
  await assert.rejects(hasty.keepLetter({ ...made, id: 2 }, letter), busy)
  assert.equal(await results.lastLetter('kestrel-data'), null, 'who reads need not wait')
  holder.exec('rollback')
  await kept
  assert.deepEqual([(await results.letter(7))?.text, await results.letter(2)], ['one', null])
  holder.exec('begin immediate')
  const stopped = results.keepLetter(made, letter)
  stop.abort(new Error('stopped'))
  await assert.rejects(stopped, { message: 'stopped' })
  // Held as a whole, so that nobody reads: what opens it waits too.
  holder.exec('rollback')
  results.close()
  hasty.close()
  holder.exec('pragma locking_mode = exclusive; begin immediate; delete from letter where job = 9; commit')
  await assert.rejects(openResults(path, { forMs: 100 }), busy)
  holder.close()
})
