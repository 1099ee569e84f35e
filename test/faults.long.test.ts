// Faults of the command line that were found once, by people or reviews; each must never come back.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { defineJob, type Holdfast, type OpenOptions, openHoldfast } from 'holdfast'
import { holdfast as command, ended } from './crash/command-line.ts'

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

test('one attempt folder that cannot be read keeps nobody from the others', async () => {
  const data = join(folder, 'unreadable')
  const broken = await command(data, 'run', '-d', '--', 'sh', '-c', 'rm "$HOLDFAST_DIR/exit"; mkdir "$HOLDFAST_DIR/exit"; exit 3')
  await untilGone(join(firstAttempt(data), 'alive'))
  assert.equal(broken.exitCode, 0)
  assert.equal((await command(data, 'run', '--', 'sh', '-c', 'exit 4')).exitCode, 4)
  const listed = await command(data, 'list', '--json')
  assert.equal(listed.exitCode, 0)
  assert.match(listed.stderr, /job 1 cannot be looked at/)
  assert.equal(JSON.parse(listed.stdout).length, 2)
})

test('closing does not wait for a database that another process holds', async () => {
  const data = join(folder, 'held')
  const holdfast = await open({ data, kinds: [shell] })
  const { job } = await holdfast.submit(shell, 'while :; do echo line; sleep 0.02; done')
  for await (const { logLines } of holdfast.watch(job.id)) if (logLines >= 3) break
  const holder = spawn(process.execPath, [
    '-e',
    `const d = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(join(data, 'holdfast.db'))}, { timeout: 10000 }); d.exec('begin immediate'); console.log('held'); setInterval(() => {}, 1000)`,
  ])
  await once(holder.stdout, 'data')
  await Promise.all([holdfast.close(), holdfast.close()])
  assert.equal(holder.exitCode, null, 'it was held all the time')
  holder.kill('SIGKILL')
  await ended(holder)
  assert.equal((await command(data, 'cancel', String(job.id), '-y')).exitCode, 0)
})

test('who stops reading gets no stack trace: logs end, a run goes on', async () => {
  const data = join(folder, 'pipes')
  const program = join(import.meta.dirname, '../bin/holdfast.js')
  const piped = (args: string) => run('sh', ['-c', `"${process.execPath}" "${program}" ${args} 2>"${folder}/said" | head -1`])
  assert.equal((await piped(`run --data "${data}" -- seq 1 200000`)).stdout, '1\n')
  assert.match(readFileSync(join(folder, 'said'), 'utf8'), /^\nDetached\. Job 1 goes on\./)
  assert.equal(JSON.parse((await command(data, 'wait', '1', '--json')).stdout).logLines, 200_002)
  await piped(`logs 1 --data "${data}"`)
  assert.equal(readFileSync(join(folder, 'said'), 'utf8'), '')
})

test('a job that ended while nobody looked took as long as it ran', async () => {
  const data = join(folder, 'unseen')
  await command(data, 'run', '-d', '--', 'true')
  await untilGone(join(firstAttempt(data), 'alive'))
  const { mtimeMs } = statSync(join(firstAttempt(data), 'exit'))
  const job = JSON.parse((await command(data, 'show', '1', '--json')).stdout)
  assert.equal(job.finishedAt, Math.round(mtimeMs))
})

test('looking makes nothing: a folder that is not there, a database of another program', async () => {
  const missing = join(folder, 'typo')
  const listed = await command(missing, 'list')
  assert.deepEqual([listed.exitCode, existsSync(missing)], [125, false])
  assert.match(listed.stderr, /^holdfast: There is no data folder .*typo\./)
  const foreign = join(folder, 'foreign')
  mkdirSync(foreign)
  new DatabaseSync(join(foreign, 'holdfast.db')).exec('create table theirs (n)')
  const refused = await command(foreign, 'list')
  assert.equal(refused.exitCode, 125)
  assert.match(refused.stderr, /another program's: it has the table "theirs"/)
  assert.deepEqual(new DatabaseSync(join(foreign, 'holdfast.db')).prepare('select name from sqlite_master').all().length, 1)
})

test('wait on a job that is not there says so at once, whatever else it waits for', async () => {
  const data = join(folder, 'waits')
  await command(data, 'run', '-d', '--', 'sleep', '100')
  assert.deepEqual([(await command(data, 'wait', '1', '99')).exitCode, (await command(data, 'cancel', '1', '-y')).exitCode], [3, 0])
})

async function untilGone(fifo: string): Promise<void> {
  const { isHeld } = await import('../src/launch/fifo.ts')
  while (isHeld(fifo)) await new Promise((resolve) => setImmediate(resolve))
}

function firstAttempt(data: string): string {
  const name = readdirSync(join(data, 'attempts')).find((one) => one.startsWith('1-1-'))
  return join(data, 'attempts', name ?? assert.fail('job 1 has no attempt'))
}
