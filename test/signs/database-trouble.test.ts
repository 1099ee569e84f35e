// S2.7: the database is locked, or its server is gone, while a job runs and ends. The job runs on, everybody is told, nothing is called failed for it,
// and all is recorded when it is over. Real processes, a real lock, a real server behind a proxy that is cut.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { defineJob, type Holdfast } from 'holdfast'
import { createHandler, listen } from 'holdfast/http'
import { openRunner } from '../../src/runner/runner.ts'
import { frontDoor } from '../../src/supervisor/front-door.ts'
import { closeInstance, openInstance } from '../../src/supervisor/open-instance.ts'
import { postgresAddress, testSchema } from '../contract/postgres-cluster.ts'
import { startProxy } from '../contract/postgres-proxy.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { holdfast as command } from '../crash/command-line.ts'

const shell = defineJob<string>({ kind: 'shell', command: (script) => ['sh', '-c', script], stopGraceMs: 200, stallAfterMs: 1_000 })
const times = { callerMs: 400, lockToldMs: 1_000 }

async function open(data: string, database?: string): Promise<Holdfast> {
  const logger = { info() {}, warn() {}, error() {} }
  const instance = await openInstance({ data, database, kinds: [shell], logger, foldersReady: 1, times })
  const runner = await openRunner(instance.house, { kinds: ['shell'], slots: 4, adopts: 'all' })
  return frontDoor(instance, () => closeInstance(instance, runner))
}

interface Fault {
  begin(): Promise<void>
  end(): Promise<void>
  /** What is told meanwhile. */
  told: RegExp
  /** What a caller gets. */
  refusal: { code: string; message: RegExp }
  /** What the server answers of how things stand. */
  summary: (body: Record<string, unknown>) => unknown
  /** What else is to be seen meanwhile. */
  look?: () => Promise<void>
}

// It writes and ends while nobody can write that down.
async function outlives(holdfast: Holdfast, fault: Fault): Promise<void> {
  const gate = join(holdfast.data, 'gate')
  const { job } = await holdfast.submit(shell, `echo one; until [ -e ${gate} ]; do sleep 0.1; done; echo two; exit 3`)
  const { job: stays } = await holdfast.submit(shell, `echo one; until [ -e ${gate}-2 ]; do sleep 0.1; done; echo two`)
  for (const { id } of [job, stays]) await until('it runs', async () => (await textOf(holdfast, id)).includes('one'))
  await fault.begin()
  writeFileSync(gate, '')
  await assert.rejects(holdfast.submit(shell, 'true'), fault.refusal)
  await until('its exit record', () => recordOf(holdfast, job.id) === '003\n')
  await until('it is told', () => fault.told.test(holdfast.trouble() ?? ''))
  const answer = await createHandler(holdfast, { unprotected: true }).fetch(new Request('http://127.0.0.1/api/v1/summary'))
  assert.match(String(fault.summary((await answer.json()) as Record<string, unknown>)), new RegExp(fault.told, 'i'))
  await fault.look?.()
  assert.equal(recordOf(holdfast, stays.id), '---\n', 'it runs on')
  await fault.end()
  await until('it is over', () => holdfast.trouble() === null)
  writeFileSync(`${gate}-2`, '')
  const ended = await Promise.all([job, stays].map(({ id }) => holdfast.wait(id)))
  assert.deepEqual(
    ended.map(({ state, exitCode, attempts }) => [state, exitCode, attempts]),
    [
      ['failed', 3, 1],
      ['succeeded', 0, 1],
    ],
  )
  for (const { id } of [job, stays]) assert.deepEqual(await textOf(holdfast, id), ['one', 'two'])
  // It was silent for longer than that, and looked at every second while that could not be written down.
  const { lines } = await holdfast.log(stays.id, { stream: ['system'] })
  assert.ok(lines.filter(({ text }) => text.startsWith('stalled: ')).length <= 1, lines.map(({ text }) => text).join('\n'))
}

// A terminal on another machine: the jobs where they are expected, the trouble beside them.
async function listIsTold(holdfast: Holdfast): Promise<void> {
  const server = await listen(createHandler(holdfast).fetch, { port: 0 })
  const asked = [command(server.url, 'list', '--json'), command(server.url, 'show', '1', '--json')]
  for (const { stdout, stderr } of await Promise.all(asked)) {
    assert.match(stderr, /^holdfast: the database has been locked for \d+ s; jobs run on, and what is shown is as of before\n$/)
    assert.equal([JSON.parse(stdout)].flat().at(-1).id, 1)
  }
  await server.close()
}

async function textOf(holdfast: Holdfast, id: number): Promise<string[]> {
  return (await holdfast.log(id, { stream: ['stdout'] })).lines.map(({ text }) => text)
}

function recordOf({ data }: Holdfast, id: number): string {
  const folder = readdirSync(join(data, 'attempts')).find((name) => name.startsWith(`${id}-1-`)) ?? ''
  // A shim may add a word.
  return readFileSync(join(data, 'attempts', folder, 'exit'), 'utf8').slice(0, 4)
}

describe('S2.7 I1 I5 I7: jobs outlive trouble with the database', { concurrency: true }, () => {
  const opened: Holdfast[] = []
  after(async () => {
    for (const holdfast of opened) await holdfast.close()
  })
  const folder = temporaryFolder('trouble')

  test('locked by another process', async () => {
    const holdfast = await open(join(folder, 'locked'))
    opened.push(holdfast)
    const other = new DatabaseSync(join(holdfast.data, 'holdfast.db'), { timeout: 10_000 })
    await outlives(holdfast, {
      begin: async () => other.exec('begin immediate'),
      end: async () => other.exec('rollback'),
      told: /^the database has been locked for [3-9] s$/,
      refusal: { code: 'database_busy', message: /^The database has been locked by another process for 4\d\d ms\.$/ },
      summary: ({ degraded }) => degraded,
      look: () => listIsTold(holdfast),
    })
    other.close()
  })

  test('the connection to Postgres lost', async () => {
    const proxy = await startProxy(await postgresAddress())
    const schema = await testSchema(proxy.address)
    const holdfast = await open(join(folder, 'lost'), schema.address)
    await outlives(holdfast, {
      begin: proxy.close,
      end: proxy.reopen,
      told: /^the database cannot be reached: /,
      refusal: { code: 'database_unavailable', message: /^The database cannot be reached: / },
      summary: ({ detail, title, message }) => `${detail ?? message ?? title}`,
    })
    await holdfast.close()
    await schema.drop()
    await proxy.close()
  })
})
