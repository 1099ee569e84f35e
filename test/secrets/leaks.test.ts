// A secret that a job writes and says in every way it can is found neither in what Holdfast stores nor in what it shows; in the files that the job wrote
// itself it is, and so it is in its input and its checkpoint, which it is to get again.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import { createHandler, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast, openHoldfast } from '../../src/index.ts'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { holdfast as command } from '../crash/command-line.ts'
import { openReceiver, type Receiver } from '../notifications/receiver.ts'

const named = 'named-7Gk2pQ9xV4mT1wZ8'
const passed = 'passed-5Rj8nB3cY6hL0sD2'
const quiet = { info() {}, warn() {}, error() {} }

// In all that is stored of it and shown: what it wrote, said, returned, failed with.
const script = `
printf 'plain %s\\n' "$A_TOKEN"; printf 'plain %s\\n' "$NAMED" >&2
printf 'auth: '; printf 'user:%s' "$A_TOKEN" | base64 -w0; echo
echo "{\\"progress\\":{\\"done\\":1,\\"message\\":\\"with $A_TOKEN\\"}}" >> "$HOLDFAST_EVENTS"
echo "{\\"phase\\":{\\"name\\":\\"Log in as $NAMED\\"}}" >> "$HOLDFAST_EVENTS"
echo "{\\"result\\":{\\"at\\":[\\"$NAMED\\"]}}" >> "$HOLDFAST_EVENTS"
echo "{\\"checkpoint\\":{\\"at\\":\\"$A_TOKEN\\"}}" >> "$HOLDFAST_EVENTS"
echo "error: $A_TOKEN was refused" >&2
exit 3`

const kinds = [
  defineJob({ kind: 'shell', command: ['sh', '-c', script], environment: { A_TOKEN: passed, NAMED: named } }),
  defineJob({
    kind: 'inline',
    run(job) {
      job.log(`first ${named}\nthen ${encodeURIComponent(passed)}`)
      job.phase(`Log in as ${passed}`)
      throw new Error(`${named} was refused`)
    },
  }),
  defineJob({
    kind: 'refuses',
    command: ['sh', '-c', 'touch "$HOLDFAST_STAGING/out/x"'],
    artifacts: ['out'],
    validate: () => `the password ${named} is in it`,
  }),
]

const data = temporaryFolder('secrets')
let holdfast: Holdfast
let receiver: Receiver
let server: Awaited<ReturnType<typeof listen>>
const ids: number[] = []

before(async () => {
  receiver = await openReceiver()
  const notify = [{ name: 'ops', type: 'webhook', url: receiver.url }] as const
  holdfast = await openHoldfast({ data, kinds, notify, secrets: [named, 'short'], runner: true, logger: quiet })
  server = await listen(createHandler(holdfast, { logger: quiet }).fetch, { port: 0 })
  for (const { kind } of kinds) {
    const { job } = await holdfast.submit(kind, { login: { password: 'of-the-user', name: `for ${named}` } })
    await holdfast.wait(job.id)
    ids.push(job.id)
  }
})
after(async () => {
  await server.close()
  await holdfast.close()
  await receiver.close()
})

async function ask(path: string, body: object): Promise<{ id: number; input: unknown }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return ((await answer.json()) as { job: { id: number; input: unknown } }).job
}

function assertNone(text: string, where: string): void {
  for (const secret of [named, passed]) {
    const at = text.indexOf(secret)
    assert.equal(at, -1, `${where}: …${text.slice(Math.max(0, at - 60), at + 40)}`)
    const inside = Buffer.from(secret).toString('base64').slice(3, -4)
    assert.ok(!text.includes(inside), `${where}, in base64`)
  }
}

describe('secrets', { concurrency: false }, () => {
  test('nothing of it is in the database, but what the job gets again', () => {
    const database = new DatabaseSync(join(data, 'holdfast.db'), { readOnly: true })
    const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all() as { name: string }[]
    let values = 0
    for (const { name } of tables)
      for (const row of database.prepare(`select * from ${name}`).all())
        for (const [column, value] of Object.entries(row)) {
          if (`${name}.${column}` === 'jobs.spec' || `${name}.${column}` === 'jobs.input' || name === 'checkpoints') continue
          assertNone(String(value), `${name}.${column}`)
          values++
        }
    database.close()
    assert.ok(values > 100)
  })

  test('nothing of it is in what the library, HTTP, the client and the terminal show', async () => {
    const client = createClient({ url: server.url })
    for (const id of ids) {
      const lines: string[] = []
      for await (const some of holdfast.followLog(id)) lines.push(...some.map(({ text }) => text))
      assert.ok(lines.some((line) => line.includes('•••')))
      assertNone(lines.join('\n'), `followLog ${id}`)
      assertNone(
        JSON.stringify([await holdfast.log(id), await holdfast.log(id, { before: 1_000 }), await holdfast.log(id, { around: 2 })]),
        `log ${id}`,
      )
      for (const path of [`jobs/${id}/log?full=1`, `jobs/${id}/log.txt`, `jobs/${id}/log/stream`, `jobs/${id}`, 'jobs'])
        assertNone(await (await fetch(`${server.url}/api/v1/${path}`)).text(), path)
      assertNone((await command(server.url, 'logs', String(id))).stdout, `logs ${id}`)
      const { stdout } = await command(server.url, 'show', String(id))
      assertNone(stdout, `show ${id}`)
      assert.doesNotMatch(JSON.stringify(await client.get(id)), /of-the-user/)
    }
    assertNone(receiver.received.map(({ text }) => text).join('\n'), 'notifications')
    assert.equal(receiver.received.length, kinds.length)
  })

  test('any range of the text is the same bytes as in the whole, wherever it cuts a secret', async () => {
    const text = await holdfast.logText(ids[0] ?? 0)
    const bytesFrom = async (range: { from?: number; to?: number }) => Buffer.concat(await Array.fromAsync(text.read(range)))
    const whole = await bytesFrom({})
    assert.equal(whole.length, text.bytes)
    assert.match(whole.toString(), /^plain \*{22}$/m)
    for (let from = 0; from < whole.length; from++) {
      const to = Math.min(whole.length, from + 9)
      assert.deepEqual(await bytesFrom({ from, to }), whole.subarray(from, to), `${from} to ${to}`)
    }
  })

  test('what is told of a failure is still worth reading', async () => {
    const jobs = await Promise.all(ids.map((id) => holdfast.get(id)))
    assert.deepEqual(
      jobs.map((job) => job?.failure?.message),
      ['error: ••• was refused', '••• was refused', 'Output refused: the password ••• is in it'],
    )
    assert.deepEqual(jobs[0]?.result, { at: ['•••'] })
    assert.equal(jobs[0]?.progress?.message ?? jobs[0]?.progress?.phase?.name, 'Log in as •••')
  })

  test('nobody can ask for it letter by letter, and what is beside it is found', async () => {
    assert.deepEqual((await holdfast.log(ids[0] ?? 0, { q: passed.slice(0, 8) })).lines, [])
    assert.equal((await holdfast.log(ids[0] ?? 0, { q: 'plain' })).lines.length, 2)
  })

  test('fields that are secret by their name are not shown, and a rerun still gets them', async () => {
    const job = await ask(`jobs/${ids[1]}/rerun`, {})
    assert.deepEqual(job.input, { login: { password: '•••', name: 'for •••' } })
    assert.deepEqual((await holdfast.get(job.id))?.input, { login: { password: 'of-the-user', name: `for ${named}` } })
    await holdfast.wait(job.id)
    const changed = await ask(`jobs/${job.id}/rerun`, { input: { login: { ...(job.input as { login: object }).login, more: 1 } } })
    assert.deepEqual((await holdfast.get(changed.id))?.input, { login: { password: 'of-the-user', name: 'for •••', more: 1 } })
    await holdfast.wait(changed.id)
  })

  test('the job itself is given what it gave, and the files that it wrote are its own', async () => {
    const folders = readdirSync(join(data, 'attempts')).map((name) => join(data, 'attempts', name))
    const written = execFileSync('grep', ['-rlF', passed, ...folders], { encoding: 'utf8' })
      .trim()
      .split('\n')
    assert.ok(written.length > 0, 'said plainly in the guide: they are not touched')
    const database = new DatabaseSync(join(data, 'holdfast.db'), { readOnly: true })
    const [{ value } = {}] = database.prepare('select value from checkpoints').all()
    database.close()
    assert.deepEqual(JSON.parse(String(value)), { at: passed })
  })

  test('a command that ended while nobody looked is settled without the secrets of its variables', async () => {
    process.env.OF_RUN_TOKEN = 'of-run-3Fd8kW5qN7jP1sX4'
    const apart = temporaryFolder('secrets-run')
    const run = await command(apart, 'run', '-d', '--', 'sh', '-c', 'echo "error: $OF_RUN_TOKEN" >&2; exit 3')
    delete process.env.OF_RUN_TOKEN
    assert.deepEqual(run, { exitCode: 0, stdout: '1\n', stderr: '' })
    const job = await until('its end', async () => {
      const shown = JSON.parse((await command(apart, 'show', '1', '--json')).stdout)
      return shown.state === 'failed' && shown
    })
    assert.deepEqual([job.failure.message, job.failure.lastLines], ['error: •••', ['error: •••']])
  })

  test('a process that was told nothing masks what the job itself was given', async () => {
    // The files are the job's, and the variable is in its row.
    const apart = await command(data, 'logs', String(ids[0]))
    assert.match(apart.stdout, /^plain •••$/m)
  })
})
