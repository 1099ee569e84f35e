// The pages, without a network and without processes: what of a letter is found again, and what is said when something cannot be done.
import assert from 'node:assert/strict'
import { mock, type TestContext, test } from 'node:test'
import { defineJob, HoldfastError } from 'holdfast'
import { openTestHoldfast } from 'holdfast/testing'
import { lookAt } from '../app.ts'
import { type AboutPosting, kinds } from '../kinds.ts'
import { postingOf } from '../postings.ts'
import { openResults } from '../results.ts'
import { createPages } from './routes.ts'

async function open(t: TestContext, defined = kinds({})) {
  const holdfast = await openTestHoldfast({ kinds: defined })
  const results = await openResults(':memory:', { forMs: 0 })
  t.after(async () => {
    results.close()
    await holdfast.close()
  })
  const app = { holdfast, results }
  const pages = createPages(app)
  const ask = async (path: string, form?: Record<string, string>) => {
    const sent = form && { method: 'POST', body: new URLSearchParams(form), headers: { origin: 'http://localhost' } }
    const answer = await pages.request(`http://localhost${path}`, sent)
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  const write = (job: number, text: string, posting = 'kestrel-data') =>
    results.keepLetter({ id: job, attempt: 1, input: { posting } }, { writer: `writer ${job}`, recipient: null, text })
  return { app, ask, write, results, holdfast }
}

test('S5.4 what was saved in a letter is found again when there is a newer one: each has its page, and all are linked', async (t) => {
  const { ask, write } = await open(t)
  await write(7, 'the old one')
  assert.doesNotMatch((await ask('/postings/kestrel-data')).text, /All letters/)
  await write(8, 'the new one')
  await write(9, 'of another posting', 'harbourline-backend')
  const saved = await ask('/letters/7', { text: 'typed into the old one', version: '1', verdict: 'save' })
  assert.deepEqual([saved.status, saved.location], [303, '/letters/7#letter'])
  const [old, last] = [await ask('/letters/7'), await ask('/postings/kestrel-data')]
  assert.match(old.text, /typed into the old one<\/textarea>[\s\S]*Written by writer 7[\s\S]*<\/form>/)
  assert.match(last.text, /the new one<\/textarea>[\s\S]*Written by writer 8[\s\S]*<\/form>/)
  for (const { text } of [old, last])
    assert.deepEqual(
      [...text.matchAll(/href="(\/letters\/\d+#letter)"/g)].map(([, path]) => path),
      ['/letters/7#letter', '/letters/8#letter'],
    )
  // Both texts, and the way to the one that is saved.
  const both = await ask('/letters/7', { text: 'typed elsewhere', version: '1', verdict: 'save' })
  assert.equal(both.status, 409)
  assert.match(both.text, /typed into the old one<\/pre>[\s\S]*href="\/letters\/7#letter">Keep this one/)
})

test('S5.4 what cannot be saved stays on the page with what is wrong, which is in the terminal unless tables are held', async (t) => {
  const { ask, write, results } = await open(t)
  const told = mock.method(console, 'error', () => {})
  t.after(() => told.mock.restore())
  await write(7, 'as it was')
  const long = 'x'.repeat(20_001)
  const refused = await ask('/letters/7', { text: long, version: '1' })
  assert.deepEqual([refused.status, refused.text.includes(`${long}</textarea>`)], [422, true])
  assert.match(refused.text, /A letter has 1 to 20,000 characters\./)
  const cannot = (error: Error) => {
    results.change = () => Promise.reject(error)
    results.lastLetter = () => Promise.reject(error)
    return Promise.all([ask('/letters/7', { text: 'typed & kept', version: '1' }), ask('/')])
  }
  const answers = [
    ...(await cannot(new HoldfastError('database_unavailable', 'The database cannot be written: disk I/O error.'))),
    ...(await cannot(new Error('no such table: letter'))),
  ]
  assert.equal(told.mock.callCount(), 4)
  answers.push(...(await cannot(new HoldfastError('database_busy', 'The database has been locked by another process for 3 s.'))))
  assert.equal(told.mock.callCount(), 4)
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503, 500, 500, 503, 503],
  )
  const words = [/disk I\/O error\. Look at the data folder/, /Something broke|stands in the terminal/, /locked by another process/]
  for (const [place, { text }] of answers.entries()) {
    assert.match(text, words[place >> 1]!)
    if (place % 2 === 0) assert.match(text, /typed &amp; kept<\/textarea>/)
  }
})

test('S5.4 thirty postings are looked at, and one whose name has to be encoded', async (t) => {
  const kind = (name: string) => defineJob<AboutPosting>({ kind: name, unique: ({ posting }) => posting, run: () => {} })
  const { app, holdfast } = await open(t, [kind('company-research'), kind('cover-letter')])
  const posting = postingOf('kestrel-data')
  await holdfast.submit('cover-letter', { posting: posting.id })
  await holdfast.submit('company-research', { posting: 'a/b 100%' })
  const many = Array.from({ length: 28 }, (_, index) => ({ ...posting, id: `posting ${index}` }))
  const standings = await lookAt(app, [...many, { ...posting, id: 'a/b 100%' }, posting])
  const active = standings.map(({ jobs }) =>
    Object.values(jobs)
      .map((job) => job?.active?.id ?? 0)
      .join(),
  )
  assert.deepEqual([active.length, active.slice(27)], [30, ['0,0', '2,0', '0,1']])
})

test('the outbox shows fifty letters and the way to the older ones, those of a posting that is gone as well', async (t) => {
  const { ask, write, results } = await open(t)
  for (let job = 1; job <= 51; job++) {
    await write(job, `letter ${job}`, job === 51 ? 'gone' : 'kestrel-data')
    await results.change(job, { text: `letter ${job}`, version: 1, isApproval: true })
  }
  const mails = ({ text }: { text: string }) => [...text.matchAll(/href="\/outbox\/(\d+)"/g)].map(([, job]) => Number(job))
  const [first, older] = [await ask('/outbox'), await ask('/outbox?from=50')]
  assert.deepEqual(
    mails(first),
    Array.from({ length: 50 }, (_, index) => 51 - index),
  )
  assert.match(first.text, /Application: gone[\s\S]*not listed any more[\s\S]*href="\/outbox\?from=50">Older/)
  assert.deepEqual([mails(older), older.text.includes('Older')], [[1], false])
  for (const from of ['-1', '1.5', '1e999', 'x']) assert.equal(mails(await ask(`/outbox?from=${from}`)).length, 50)
  assert.match((await ask('/outbox/51')).text, /^Subject: Application: gone\r$/m)
})

test('an unhappy end is told by its own word; Holdfast answers at its address', async (t) => {
  const { ask, holdfast } = await open(t)
  await holdfast.submit('cover-letter', { posting: 'kestrel-data' }, { expireAfterMs: 1_000 })
  await holdfast.clock.advance(2_000)
  await holdfast.drain()
  assert.match((await ask('/')).text, /Letter expired/)
  const { status, location } = await ask('/holdfast')
  assert.deepEqual([status, location, (await ask('/holdfasts')).status], [302, './holdfast/', 404])
})
