// What the `holdfast` command asks of many jobs, on a folder and over the network. Schedules, queues and kinds: cli-control.long.test.ts.
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
const future = () => Date.now() + 86_400_000

test('many jobs are cancelled and tried again by filter, after a question that a script answers with -y', async () => {
  const ids: number[] = []
  for (let index = 0; index < 3; index++) ids.push((await app.submit(works, null, { availableAt: future(), submittedBy: 'ana' })).job.id)
  const unasked = await holdfast(data, 'cancel', '--kind', 'works')
  assert.deepEqual(
    [unasked.exitCode, unasked.stderr],
    [2, 'holdfast: cancel asks before it does that, and nobody is there to answer: add -y.\n'],
  )
  assert.deepEqual(await holdfast(data, 'cancel', '--submitted-by', 'ana', '--kind', 'works', '-y'), {
    exitCode: 0,
    stdout: '3 jobs asked to stop\n',
    stderr: '',
  })
  for (const id of ids) assert.equal((await app.get(id))?.state, 'cancelled')

  const { job } = await app.submit(fails)
  await app.wait(job.id)
  assert.deepEqual(await json('retry', '--kind', 'fails', '-y'), { done: [job.id], refused: [], before: null })
  assert.equal((await app.wait(job.id)).attempts, 2)
  const wrong = [['cancel'], ['retry', '1', '--all'], ['cancel', '--state', 'lost', '-y']]
  assert.deepEqual(await Promise.all(wrong.map(async (words) => (await over(...words)).exitCode)), [2, 2, 2])
})

test('list goes on behind a page, and narrows by queue and person', async () => {
  const { job } = await app.submit(works, null, { submittedBy: 'dora' })
  await app.wait(job.id)
  const ids = async (...words: string[]) => (await json('list', ...words)).map(({ id }: { id: number }) => id)
  assert.deepEqual(await ids('--submitted-by', 'dora', '--queue', 'default'), [job.id])
  assert.deepEqual(await ids('--submitted-by', 'dora', '--before', String(job.id)), [])
  assert.match((await over('list', '-n', '1')).stdout, new RegExp(`More: the same with --before ${job.id}\\n`))
})
