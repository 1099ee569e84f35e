// The `holdfast` command as a shell sees it: what is wrong in one clear sentence, limits, artifacts, and a server of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { defineJob, openHoldfast } from 'holdfast'
import { createHandler, listen } from 'holdfast/http'
import { until } from './contract/temporary.ts'
import { ended, holdfast, startHoldfast } from './crash/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
const data = join(folder, 'data')
after(() => rmSync(folder, { recursive: true, force: true }))

test('run says what the command may use, and show says what it used; a slip of the pen makes no job', async () => {
  const bounded = await holdfast(
    data,
    'run',
    '--timeout',
    '600ms',
    '--memory',
    '512M',
    '--cpu',
    '60s',
    '--merge',
    '--json',
    '--',
    'sleep',
    '60',
  )
  assert.equal(bounded.exitCode, 143)
  const job = JSON.parse(bounded.stdout)
  assert.deepEqual(
    [job.state, job.failure.kind, job.failure.message, job.timeoutMs, job.limits],
    ['failed', 'timeout', 'Took longer than 600 ms', 600, { memoryBytes: 536_870_912, cpuSeconds: 60 }],
  )
  const shown = (await holdfast(data, 'show', String(job.id))).stdout
  assert.match(shown, /Took longer than 600 ms/)
  assert.match(shown, /Limits +600 ms, 512 MB of memory, 1 min of processor time/)
  for (const [option, value] of [
    ['--timeout', '10'],
    ['--memory', 'lots'],
    ['--cpu', '-5s'],
    ['--leftovers', 'keep'],
    ['--log-bytes', '64K'],
  ] as const) {
    const wrong = await holdfast(data, 'run', option, value, '--', 'true')
    assert.equal(wrong.exitCode, 125)
    assert.match(wrong.stderr, new RegExp(`^holdfast: ${option} is "${value}", but must be .`))
  }
  assert.equal(JSON.parse((await holdfast(data, 'list', '--json')).stdout)[0].id, job.id)
})

test('list and show say in words that a job goes on for what its command left behind', async () => {
  const own = join(folder, 'flags')
  const gate = join(folder, 'flags-gate')
  const watching = startHoldfast(own, 'run', '--leftovers', 'allow', '--', 'sh', '-c', `until [ -e ${gate} ]; do sleep 0.1; done & exit 0`)
  try {
    const told = /running .*left processes behind/
    const listed = await until(
      'the list tells it',
      async () => {
        const { stdout } = await holdfast(own, 'list')
        return told.test(stdout) ? stdout : null
      },
      30_000,
    )
    assert.equal(listed.trim().split('\n').length, 2)
    const { stdout: shown } = await holdfast(own, 'show', '1')
    assert.match(shown, /Note +Its command has ended; processes that it left behind still run/)
    writeFileSync(gate, '')
    await ended(watching)
    assert.equal(watching.exitCode, 0)
    assert.doesNotMatch((await holdfast(own, 'list')).stdout, /left processes behind/)
  } finally {
    writeFileSync(gate, '')
    await ended(watching)
  }
})

test('what is wrong is said in one sentence, with its exit code and without a stack', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const garbage = join(folder, 'garbage')
  await holdfast(garbage, 'run', '--', 'true')
  rmSync(join(garbage, 'holdfast.db'))
  writeFileSync(join(garbage, 'holdfast.db'), 'this is not a database, '.repeat(500))
  const newer = join(folder, 'newer')
  await holdfast(newer, 'run', '--', 'true')
  new DatabaseSync(join(newer, 'holdfast.db')).exec(`insert into migrations values (99, 'later', 'x', 0)`)
  const cases: [string, string[], number, RegExp][] = [
    [data, ['run'], 125, /missing required argument 'command'/],
    [file, ['run', '--', 'true'], 125, /data folder .*file cannot be made or written/],
    ['/proc/nobody', ['run', '--', 'true'], 125, /data folder \/proc\/nobody cannot be made/],
    [garbage, ['list'], 125, /database .* cannot be opened: file is not a database/],
    [newer, ['list'], 125, /newer Holdfast \(schema 99; this one knows \d+\)/],
    [data, ['show', '4711'], 3, /There is no job 4711/],
    [data, ['show', 'abc'], 2, /"abc" is not a job number/],
    [data, ['logs', '4711', '-f'], 3, /There is no job 4711/],
    [data, ['list', '--state', 'sleeping'], 2, /queued, running/],
    [data, ['list', '-n', 'x'], 2, /--limit is "x"/],
    [data, ['up', '--port', '70000'], 2, /--port is "70000"/],
    [data, ['artifact', 'show', 'nowhere'], 3, /There is no artifact "nowhere"/],
    [data, ['artifact', 'want', 'nowhere'], 2, /a fingerprint, or --none/],
    [data, ['artifact', 'want', 'nowhere', 'x', '--none'], 2, /a fingerprint, or --none/],
    [data, ['artifact', 'roll-back', 'nowhere', 'x'], 2, /"x" is not the number of a snapshot/],
    [data, ['fly'], 2, /unknown command 'fly'/],
  ]
  const all = await Promise.all(
    cases.map(async ([where, args, exitCode, sentence]) => ({ args, exitCode, sentence, ran: await holdfast(where, ...args) })),
  )
  for (const { args, exitCode, sentence, ran } of all) {
    assert.equal(ran.exitCode, exitCode, `${args.join(' ')}: ${ran.stderr}`)
    assert.match(ran.stderr, sentence)
    assert.equal(ran.stderr.trim().split('\n').length, 1, `one line: ${ran.stderr}`)
  }
})

test('artifacts: what is current and why it is not what is wanted, in words; I8: roll back and forward, on the folder and over the network', async () => {
  const own = join(folder, 'artifacts')
  await holdfast(own, 'run', '--', 'true')
  assert.match((await holdfast(own, 'artifacts')).stdout, new RegExp(`^No artifacts in ${own}\\.\n`))
  const kind = defineJob<{ mode: string }>({
    kind: 'rebuild',
    artifacts: ['index'],
    fingerprint: ({ mode }) => `mode=${mode}`,
    command: ({ mode }) => ['sh', '-c', 'echo "$1" > "$HOLDFAST_STAGING/index/mode"', 'sh', mode],
  })
  const app = await openHoldfast({ data: own, kinds: [kind], runner: true })
  for (const mode of ['profile', 'data']) await app.wait((await app.submit(kind, { mode })).job.id)
  const server = await listen(createHandler(app).fetch, { port: 0 })
  const file = () => readFileSync(join(own, 'current/index/mode'), 'utf8')

  const back = await holdfast(own, 'artifact', 'roll-back', 'index', '--reason', 'the films were gone')
  assert.equal(back.exitCode, 0, back.stderr)
  assert.match(back.stdout, /^index {2}snapshot 1 is current, 2 is kept\n.*current\/index\n/)
  assert.match(back.stdout, new RegExp(`Undo: holdfast artifact roll-back index 2 --data ${own}\n`))
  assert.equal(file(), 'profile\n')
  assert.match((await holdfast(own, 'artifact', 'roll-back', 'index', '1')).stdout, /snapshot 1 is current already/)
  const none = await holdfast(own, 'artifact', 'roll-back', 'index')
  assert.deepEqual([none.exitCode, none.stdout], [4, ''])
  const forward = JSON.parse((await holdfast(server.url, 'artifact', 'roll-back', 'index', '2', '--json')).stdout)
  assert.deepEqual([forward.number, forward.isCurrent, file()], [2, true, 'data\n'])

  assert.match(
    (await holdfast(server.url, 'artifact', 'want', 'index', 'mode=all')).stdout,
    /^index {2}↻ required {2}Snapshot 2 was built from/,
  )
  using _reading = await app.artifact('index').open()
  const [listed, json, shown, remote] = await Promise.all([
    holdfast(own, 'artifacts'),
    holdfast(own, 'artifacts', '--json'),
    holdfast(own, 'artifact', 'show', 'index'),
    holdfast(server.url, 'artifact', 'show', 'index'),
  ])
  assert.match(listed.stdout, /\nindex +↻ required +2 +\d+ s +5 bytes +2 \(13 bytes\) +Snapshot 2 was built from something else/)
  assert.match(listed.stdout, new RegExp(`\nWhy: holdfast artifact show index --data ${own}\n`))
  assert.deepEqual(
    JSON.parse(json.stdout).map((artifact: { name: string; required: boolean }) => [artifact.name, artifact.required]),
    [['index', true]],
  )
  assert.match(shown.stdout, new RegExp(`Folder +${own}/current/index\n`))
  assert.match(remote.stdout, new RegExp(`Folder +current/index in the data folder of ${server.url}`))
  for (const words of [
    /Built from +mode=data\n +Wanted +mode=all \(since [\d:]+ by /,
    /Last build +✓ succeeded {2}job 3 \(rebuild\)\n/,
    new RegExp(`2 ✓ current .* 1 file +.* \\(${process.pid}\\) +mode=data\n`),
    /rolled back from 2 to 1 by .*: “the films were gone”\n/,
    /Go back: holdfast artifact roll-back index --data /,
  ])
    assert.match(shown.stdout, words)
  assert.match((await holdfast(own, 'artifact', 'want', 'index', '--none')).stdout, /^index {2}✓ succeeded/)
  await server.close()
  await app.close()
})

test('up serves on the next free port, and --url works on it; stopping it leaves jobs running', async () => {
  const own = join(folder, 'up')
  const first = await startUp(own, '0')
  const second = await startUp(own, String(new URL(first.url).port))
  assert.notEqual(first.url, second.url)
  const id = (await holdfast(own, 'run', '-d', '--', 'sleep', '300')).stdout.trim()
  assert.deepEqual(
    JSON.parse((await holdfast(second.url, 'list', '--json')).stdout).map((job: { id: number }) => job.id),
    [Number(id)],
  )
  assert.equal((await holdfast(second.url, 'run', '--', 'true')).exitCode, 125, 'commands never go over the network')
  assert.equal((await fetch(`${second.url}/api/v1/jobs/${id}`)).status, 200)
  for (const { child } of [first, second]) {
    child.kill('SIGINT')
    await ended(child)
    assert.equal(child.exitCode, 0)
  }
  assert.equal(JSON.parse((await holdfast(own, 'show', id, '--json')).stdout).state, 'running')
  await holdfast(own, 'cancel', id, '-y')
})

async function startUp(own: string, port: string) {
  const child = startHoldfast(own, 'up', '--port', port, '--json')
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, url: JSON.parse(line.toString()).url as string }
}
