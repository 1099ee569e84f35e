// What the `holdfast` command asks of schedules, queues, kinds and one job anew, on a folder and over the network.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { defineJob, type Holdfast, openHoldfast } from 'holdfast'
import { createHandler, type Listening, listen } from 'holdfast/http'
import { holdfast } from './crash/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-control-'))
const data = join(folder, 'data')
const works = defineJob({ kind: 'works', command: ['true'] })
const fails = defineJob({ kind: 'fails', queue: 'night', command: ['sh', '-c', 'exit 3'] })
let app: Holdfast
let server: Listening
before(async () => {
  app = await openHoldfast({ data, kinds: [works, fails], runner: true })
  server = await listen(createHandler(app).fetch, { port: 0 })
})
after(async () => {
  await server.close()
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const over = (...words: string[]) => holdfast(server.url, ...words)
const json = async (...words: string[]) => JSON.parse((await over(...words, '--json')).stdout)

test('a job is run anew by the app that defines its kind', async () => {
  const { job } = await app.submit(works, { size: 1 })
  await app.wait(job.id)
  const { job: anew, created } = await json('rerun', String(job.id), '--input', '{"size":2}')
  assert.deepEqual([created, anew.kind, anew.input], [true, 'works', { size: 2 }])
  const alone = await holdfast(data, 'rerun', String(job.id))
  assert.equal(alone.exitCode, 3)
  assert.match(alone.stderr, /^holdfast: Only the app that defines this kind can submit it: say where it is with --url\./)
  assert.match((await over('rerun', String(job.id), '--input', '{')).stderr, /--input is not JSON/)
})

test('schedules are listed, paused, resumed and run now', async () => {
  assert.match((await over('schedules')).stdout, /^No schedules in http/)
  await app.schedules.put({ name: 'nightly', kind: works, cron: '0 3 * * *', timeZone: 'UTC' })
  assert.match((await over('schedules')).stdout, /nightly +works +0 3 \* \* \* +UTC/)
  assert.match((await holdfast(data, 'schedule', 'pause', 'nightly')).stdout, /^nightly {2}paused/)
  assert.equal((await json('schedule', 'resume', 'nightly')).pausedAt, null)
  const { job } = await json('schedule', 'run-now', 'nightly')
  assert.deepEqual(
    (await json('list', '--schedule', 'nightly')).map(({ id }: { id: number }) => id),
    [job.id],
  )
  assert.equal((await over('schedule', 'pause', 'nope')).exitCode, 3)
})

test('queues, kinds and runners are listed and set', async () => {
  await app.wait((await app.submit(fails)).job.id)
  assert.match((await over('queues')).stdout, /^QUEUE .*\ndefault +0 +0 +any *\nnight +0 +0 +any *\n$/)
  assert.match((await over('queue', 'set-concurrency', 'night', '2')).stdout, /^night {2}at most 2 at a time {2}0 queued, 0 running\n$/)
  const [any, wrong, unknown] = await Promise.all([
    json('queue', 'set-concurrency', 'night', 'none'),
    over('queue', 'set-concurrency', 'night', 'two'),
    over('queue', 'pause', 'nope'),
  ])
  assert.deepEqual([any.concurrency, wrong.exitCode, unknown.exitCode], [null, 2, 3])
  assert.match((await over('queue', 'pause', 'night')).stdout, /^night {2}paused/)
  assert.equal((await json('queue', 'resume', 'night')).pausedAt, null)

  assert.match((await over('kind', 'pause', 'works')).stdout, /^works {2}paused/)
  const listed = await Promise.all([over('kinds'), holdfast(data, 'kinds'), holdfast(data, 'runners')])
  assert.match(listed[0].stdout, /works .*paused/)
  assert.match(listed[1].stdout, /fails +fails +– +known from its jobs only/)
  assert.equal((await json('kind', 'resume', 'works')).pausedAt, null)
  const [runner] = await json('runners')
  assert.deepEqual([runner.pid, runner.isAlive, runner.kinds], [process.pid, true, ['works', 'fails']])
  assert.match(listed[2].stdout, new RegExp(`● \\w+ +\\w+ +${process.pid} .*works, fails`))
})
