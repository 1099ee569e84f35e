// Faults that were found once, by people or reviews; each must never come back. Those of the command line: faults.long.test.ts.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { defineJob, type Holdfast, type OpenOptions, openHoldfast } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { z } from 'zod'
import { detachedLauncher } from '../src/launch/detached.ts'
import { wakeful } from '../src/runner/wakeful.ts'
import { ended } from './crash/command-line.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'))
const opened: Holdfast[] = []
after(async () => {
  for (const holdfast of opened) await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: OpenOptions): Promise<Holdfast> {
  const holdfast = await openHoldfast({ runner: true, ...options })
  opened.push(holdfast)
  return holdfast
}

const shell = defineJob<string>({ kind: 'shell', command: (script) => ['sh', '-c', script], stopGraceMs: 200 })

async function finished(holdfast: Holdfast, script: string) {
  return holdfast.wait((await holdfast.submit(shell, script)).job.id)
}

test('I7: a job that empties its own log: numbers go on, what is gone is told', async () => {
  const holdfast = await open({ data: join(folder, 'emptied'), kinds: [shell] })
  const gate = join(folder, 'gate')
  const { job } = await holdfast.submit(
    shell,
    `echo one with some more words >&2; echo two >&2; while [ ! -e ${gate} ]; do sleep 0.1; done; echo three > /dev/stderr; echo four >&2`,
  )
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= 3) break
  writeFileSync(gate, '')
  await holdfast.wait(job.id)
  const { lines } = await holdfast.log(job.id)
  assert.deepEqual(lines.map(({ seq, stream, text }) => [seq, stream, text]).slice(1), [
    [2, 'stderr', '(gone from the log file)'],
    [3, 'stderr', '(gone from the log file)'],
    [4, 'system', 'the job emptied its own stderr: 29 bytes that it wrote before are gone'],
    [5, 'stderr', 'three'],
    [6, 'stderr', 'four'],
    [7, 'system', 'exit 0'],
  ])
  await holdfast.close()
})

test("I12: a copy of a data folder never signals the original's processes", async () => {
  const original = join(folder, 'original')
  const holdfast = await open({ data: original, kinds: [shell], runner: true })
  const { job } = await holdfast.submit(
    shell,
    `trap 'echo TERM' TERM; echo ready; while [ ! -e ${join(folder, 'enough')} ]; do sleep 0.1; done`,
  )
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= 2) break
  await holdfast.close()
  const copy = join(folder, 'copy')
  cpSync(original, copy, { recursive: true, filter: (path) => !path.endsWith('/alive') })
  const copied = await open({ data: copy, kinds: [shell] })
  await copied.cancel(job.id)
  assert.equal((await copied.wait(job.id)).state, 'cancelled')
  await copied.close()
  writeFileSync(join(folder, 'enough'), '')
  const again = await open({ data: original, kinds: [shell] })
  assert.equal((await again.wait(job.id)).exitCode, 0)
  assert.deepEqual(
    (await again.log(job.id, { stream: ['stdout'] })).lines.map(({ text }) => text),
    ['ready'],
  )
  await again.close()
})

test('I8: the link to the current snapshot is made again by the next start', async () => {
  const data = join(folder, 'links')
  const make = defineJob({ kind: 'make', command: ['sh', '-c', 'echo 1 > "$HOLDFAST_STAGING/thing/file"'], artifacts: ['thing'] })
  const first = await open({ data, kinds: [make] })
  await first.wait((await first.submit(make, null)).job.id)
  await first.close()
  const link = join(data, 'current/thing')
  const target = readlinkSync(link)
  rmSync(link)
  const second = await open({ data, kinds: [make] })
  await second.wait((await second.submit(make, null)).job.id)
  await second.close()
  assert.notEqual(readlinkSync(link), target)
  rmSync(link)
  const third = await open({ data })
  await third.close()
  assert.ok(existsSync(link))
})

test('a stream of jobs ends when Holdfast closes', async () => {
  const holdfast = await open({ data: join(folder, 'streams'), kinds: [shell] })
  const response = await createHandler(holdfast, { unprotected: true }).fetch(new Request('http://127.0.0.1/api/v1/events'))
  const reader = (response.body ?? assert.fail()).pipeThrough(new TextDecoderStream()).getReader()
  let all = ''
  while (!all.includes('event: jobs')) all += (await reader.read()).value ?? assert.fail('it ended before it began')
  await holdfast.close()
  for (let last = await reader.read(); !last.done; last = await reader.read()) assert.ok(last.value)
})

test('variables whose names a shell cannot use arrive all the same, and PATH may be missing', async () => {
  const holdfast = await open({
    data: join(folder, 'names'),
    kinds: [
      shell,
      defineJob({
        kind: 'odd',
        command: [process.execPath, '-p', 'process.env["a-b"] + process.env["x.y"] + String(process.env.OLDPWD)'],
        environment: { 'a-b': '1', 'x.y': '2' },
      }),
    ],
  })
  const { job } = await holdfast.submit('odd', null)
  await holdfast.wait(job.id)
  assert.equal((await holdfast.log(job.id, { stream: ['stdout'] })).lines[0]?.text, '12undefined')
  await holdfast.close()
  const program = join(import.meta.dirname, '../bin/holdfast.js')
  const { stdout } = await run(process.execPath, [program, 'run', '--data', join(folder, 'path'), '--', 'ls', '/etc/hostname'], {
    env: { HOME: folder },
  })
  assert.equal(stdout, '/etc/hostname\n')
})

test('a failure of a job that wrote nothing after the stop is told as cancelled', async () => {
  const holdfast = await open({ data: join(folder, 'cancelled'), kinds: [shell] })
  const { job } = await holdfast.submit(shell, 'echo up; sleep 100')
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= 2) break
  await holdfast.cancel(job.id, { by: 'ada' })
  const { state, failure } = await holdfast.wait(job.id)
  assert.deepEqual([state, failure?.kind, failure?.message], ['cancelled', 'cancelled', 'Cancelled by ada'])
  const odd = await finished(holdfast, 'exit 3')
  assert.equal(odd.failure?.message, 'Exited with code 3')
  await holdfast.close()
})

test('submit takes what the schema takes, with its defaults left out, and no input where the kind has none', async () => {
  const greet = defineJob({ kind: 'greet', input: z.object({ name: z.string().default('you') }), command: ({ name }) => ['echo', name] })
  const bare = defineJob({ kind: 'bare', command: ['true'] })
  const holdfast = await open({ data: join(folder, 'types'), kinds: [greet, bare] })
  const { job } = await holdfast.submit(greet, {})
  assert.deepEqual(job.input, { name: 'you' })
  assert.equal((await holdfast.wait((await holdfast.submit(bare)).job.id)).state, 'succeeded')
  // @ts-expect-error The schema wants a string.
  await assert.rejects(holdfast.submit(greet, { name: 7 }), /Input rejected: name: /)
  await holdfast.close()
})

test('I3 I13: shim and command killed from outside: interrupted, and only when their children are gone too', async () => {
  const program = `const { spawn } = require('node:child_process')
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
console.log(child.pid + ' ' + process.pid + ' ' + process.ppid)
setInterval(() => {}, 1000)`
  const holdfast = await open({
    data: join(folder, 'killed'),
    kinds: [defineJob({ kind: 'parent', command: [process.execPath, '-e', program] })],
  })
  const { job } = await holdfast.submit('parent')
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= 2) break
  const text = (await holdfast.log(job.id, { stream: ['stdout'] })).lines[0]?.text ?? ''
  const [child = 0, ...killed] = text.split(' ').map(Number)
  for (const pid of killed.toReversed()) process.kill(pid, 'SIGKILL')
  const { state, failure } = await holdfast.wait(job.id)
  assert.deepEqual([state, failure?.kind], ['interrupted', 'interrupted'])
  assert.equal(existsSync(`/proc/${child}/exe`), false)
  await holdfast.close()
})

test('a list does not carry long inputs along, and says so; the job itself has them', async () => {
  const echo = defineJob<string>({ kind: 'echo', command: ['true'] })
  const holdfast = await open({ data: join(folder, 'long'), kinds: [echo], runner: false })
  const long = 'x'.repeat(10_000)
  await holdfast.submit(echo, 'short')
  await holdfast.submit(echo, long)
  const { jobs } = await holdfast.list()
  assert.deepEqual(
    jobs.map(({ input, omitted }) => [input, omitted]),
    [
      [null, ['input']],
      ['short', []],
    ],
  )
  assert.deepEqual([(await holdfast.get(2))?.input, (await holdfast.get(2))?.omitted], [long, []])
  await holdfast.close()
})

test('a job that writes its events with > instead of >> is understood all the same', async () => {
  const holdfast = await open({ data: join(folder, 'events'), kinds: [shell] })
  const gate = join(folder, 'second')
  const { job } = await holdfast.submit(
    shell,
    `echo '{"phase":{"name":"A rather long name"}}' > "$HOLDFAST_EVENTS"; until [ -e ${gate} ]; do sleep 0.1; done; echo '{"phase":{"name":"B"}}' > "$HOLDFAST_EVENTS"`,
  )
  for await (const { progress } of holdfast.watch(job.id)) if (progress) break
  writeFileSync(gate, '')
  assert.deepEqual(
    (await holdfast.wait(job.id)).progress?.phases.map(({ name }) => name),
    ['A rather long name', 'B'],
  )
  await holdfast.close()
})

test('I4: what has begun is not refused because its program is gone since', async () => {
  const launcher = detachedLauncher({ attempts: join(folder, 'begun'), runners: folder, pool: join(folder, 'pool'), ready: 1 })
  mkdirSync(join(folder, 'begun'))
  const attempt = await launcher.prepare('1-1')
  writeFileSync(join(attempt, 'started'), '')
  const started = await launcher.start({ argv: ['gone-since'], cwd: folder, environment: {}, folder: attempt, mark: 'begun:1-1' })
  assert.deepEqual(started, { started: false, refused: 'already began' })
  await launcher.close()
})

test('a wake-up at any moment of the work makes it happen once more', async () => {
  for (let turns = 0; turns < 12; turns++) {
    let started = 0
    const woken = wakeful(async () => void started++, new AbortController().signal)
    woken.wake()
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    const before = started
    woken.wake()
    await woken.idle()
    assert.equal(started, before + 1, `woken again after ${turns} turns`)
  }
})

test('opening waits for a database that another process has for itself', async () => {
  const data = join(folder, 'exclusive')
  await (await openHoldfast({ data, runner: false })).close()
  const file = JSON.stringify(join(data, 'holdfast.db'))
  const holding = `const d = new (require('node:sqlite').DatabaseSync)(${file}); d.exec('pragma locking_mode = exclusive; begin immediate; commit'); console.log('held'); process.stdin.once('data', () => d.close())`
  const holder = spawn(process.execPath, ['-e', `${holding}; process.stdin.on('end', () => process.exit(0))`])
  await once(holder.stdout, 'data')
  const opening = open({ data, runner: false })
  // By now it was tried, and found held.
  await new Promise((resolve) => setImmediate(resolve))
  holder.stdin.end('go\n')
  assert.deepEqual((await (await opening).list()).jobs, [])
  await ended(holder)
})
