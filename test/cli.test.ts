// The `holdfast` command as a shell sees it: exit codes, output untouched, JSON with the API's fields. More of it in cli.long.test.ts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ended, holdfast, startHoldfast } from './crash/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
const data = join(folder, 'data')
after(() => rmSync(folder, { recursive: true, force: true }))

test('run returns the exit code of the command, 127 and 126 as a shell does, and its output untouched', async () => {
  const seven = await holdfast(data, 'run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')
  assert.deepEqual(seven, { exitCode: 7, stdout: 'out\n', stderr: 'err\n' })
  assert.deepEqual(await holdfast(data, 'run', '--', 'true'), { exitCode: 0, stdout: '', stderr: '' })
  assert.equal((await holdfast(data, 'run', '--', 'sh', '-c', 'kill -9 $$')).exitCode, 137)
  const missing = await holdfast(data, 'run', '--', 'no-such-program')
  assert.deepEqual(missing, { exitCode: 127, stdout: '', stderr: 'holdfast: Could not start: `no-such-program` was not found\n' })
  const folderAsProgram = await holdfast(data, 'run', '--', '/etc')
  assert.equal(folderAsProgram.exitCode, 126)
  assert.equal((await holdfast(data, 'run', '--', 'exit', '3')).exitCode, 127, "a shell's builtin is not a program")
})

test('run hands on arguments, folder and environment as they are', async () => {
  process.env.HOLDFAST_TEST_VARIABLE = 'two  words'
  const argument = `a'b"c $HOME \\n *`
  const { stdout } = await holdfast(
    data,
    'run',
    '--',
    'sh',
    '-c',
    'printf "%s|%s|%s" "$1" "$HOLDFAST_TEST_VARIABLE" "$PWD"',
    'sh',
    argument,
  )
  assert.equal(stdout, `${argument}|two  words|${process.cwd()}\n`)
  assert.deepEqual(readdirSync(join(data, 'environments')), [], 'its environment is not kept')
})

test('show, list, logs, wait: JSON with the fields of the API', async () => {
  const own = join(folder, 'json')
  const job = JSON.parse((await holdfast(own, 'run', '--json', '--name', 'Nightly', '--', 'sh', '-c', 'echo one; exit 3')).stdout)
  assert.deepEqual([job.id, job.kind, job.name, job.state, job.exitCode, job.attempts], [1, 'command', 'Nightly', 'failed', 3, 1])
  assert.equal(job.failure.kind, 'exit')
  const [listed] = JSON.parse((await holdfast(own, 'list', '--json')).stdout)
  assert.deepEqual(listed, job)
  const shown = JSON.parse((await holdfast(own, 'show', '#1', '--json')).stdout)
  assert.deepEqual([shown.id, shown.history.length, shown.events.at(-1).name], [1, 1, 'failed'])
  const found = await holdfast(own, 'logs', '1', '--grep', 'EXIT', '--json')
  assert.match(found.stdout, /^\{[^\n]*"system"[^\n]*\}\n$/)
  assert.deepEqual(await holdfast(own, 'logs', '1', '--grep', 'nothing of the kind'), { exitCode: 0, stdout: '', stderr: '' })
  const lines = (await holdfast(own, 'logs', '1', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(lines.map(({ seq, stream, text }) => [seq, stream, text]).slice(1), [
    [2, 'stdout', 'one'],
    [3, 'system', 'exit 3'],
  ])
  const waited = await holdfast(own, 'wait', '1', '--json')
  assert.equal(waited.exitCode, 1)
  assert.deepEqual(JSON.parse(waited.stdout), job)
})

test('run -d returns at once; cancel stops everything it started; the second cancel says it had ended', async () => {
  const started = await holdfast(data, 'run', '-d', '--', 'sh', '-c', 'sleep 300 & echo both; sleep 300')
  const id = started.stdout.trim()
  assert.match(id, /^\d+$/)
  assert.equal((await holdfast(data, 'cancel', id)).exitCode, 2, 'nobody is there to answer')
  const cancelled = await holdfast(data, 'cancel', id, '-y', '--json')
  assert.equal(cancelled.exitCode, 0)
  assert.deepEqual([JSON.parse(cancelled.stdout).state, JSON.parse(cancelled.stdout).exitCode], ['cancelled', 143])
  assert.match((await holdfast(data, 'cancel', id, '-y')).stdout, /had already ended/)
  assert.equal((await holdfast(data, 'wait', id)).exitCode, 8)
})

test('Ctrl+C detaches: the command goes on, the next command settles it', async () => {
  const gate = join(folder, 'gate')
  const run = startHoldfast(data, 'run', '--', 'sh', '-c', 'echo up; while [ ! -e "$0" ]; do sleep 0.1; done; echo done; exit 4', gate)
  let said = ''
  run.stderr?.on('data', (text) => {
    said += text
  })
  await once(run.stdout!, 'data')
  run.kill('SIGINT')
  await ended(run)
  assert.equal(run.exitCode, 130)
  const id = /Job (\d+) goes on\. {3}Follow: holdfast logs \1 -f --data \S+ {3}Stop: holdfast cancel \1 --data/.exec(said)?.[1]
  assert.ok(id, `it says how to follow and stop it: ${said}`)
  writeFileSync(gate, '')
  const job = JSON.parse((await holdfast(data, 'wait', id, '--json')).stdout)
  assert.deepEqual([job.state, job.exitCode, job.attempts], ['failed', 4, 1])
})
