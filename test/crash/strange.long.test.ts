// What no runner expects to find: garbage in an attempt's files (B24), a folder that went away, another boot of the machine, a copy of a living data folder.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { isLiving } from '../contract/launched.ts'
import { settled } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { holdfast as command, ended, startHoldfast } from './command-line.ts'
import { attemptFolder, membersOf, openActors, shimOf, signalled, written } from './kills/actors.ts'
import { kinds } from './kills/kinds.ts'

const { scene } = openActors('strange')
const ignored = { info() {}, warn() {}, error() {} }
const opened: Holdfast[] = []
after(async () => {
  for (const holdfast of opened) await holdfast.close()
})

async function open(data: string): Promise<Holdfast> {
  const holdfast = await openHoldfast({ data, kinds, runner: true, logger: ignored })
  opened.push(holdfast)
  return holdfast
}

async function submitted(holdfast: Holdfast, script: string, kind = 'shell'): Promise<number> {
  return (await holdfast.submit(kind, { script })).job.id
}

const untilGate = (folder: string) => `echo ready; until [ -e ${folder}/gate ]; do sleep 0.1; done; echo done`

describe('B24: garbage where our own files should be', () => {
  for (const [what, garbage, state] of [
    ['no number', 'abc\n', 'interrupted'],
    ['a number too large', '999\n', 'interrupted'],
    ['half a record', '00', 'interrupted'],
    ['nothing', '', 'interrupted'],
    ['a megabyte', 'x'.repeat(1_048_576), 'interrupted'],
  ] as const)
    test(`I5: ${what} in the exit record of what has ended counts as none: ${state}, and the others are seen to`, async () => {
      const { data } = scene(`exit-${what.replaceAll(' ', '-')}`)
      const first = await open(data)
      const id = await submitted(first, 'echo ready; exec sleep 60')
      await written(first, id, 1)
      await first.close()
      const folder = attemptFolder(data, id)
      process.kill(shimOf(folder), 'SIGKILL')
      for (const pid of membersOf(folder)) signalled(pid, 'SIGKILL')
      await until('its end', () => membersOf(folder).length === 0)
      writeFileSync(join(folder, 'exit'), garbage)
      const second = await open(data)
      const [job, other] = await Promise.all([settled(second, id), settled(second, await submitted(second, 'exit 3'))])
      assert.deepEqual([job.state, job.attempts, other.exitCode], [state, 1, 3])
    })

  test('garbage among its events: what is understood counts, the rest is stepped over', async () => {
    const { data } = scene('events')
    const holdfast = await open(data)
    const id = await submitted(
      holdfast,
      `printf '{"progress":{"done":1,"total":2}}\\n{{{\\n\\0\\377\\n"text"\\nnull\\n[1]\\n{"progress":7}\\n' >> $HOLDFAST_EVENTS; head -c 3000000 /dev/zero >> $HOLDFAST_EVENTS
       printf '\\n{"result":"whole"}\\n{"result":"cut' >> $HOLDFAST_EVENTS`,
    )
    const job = await settled(holdfast, id)
    assert.deepEqual([job.state, job.result, job.progress?.done], ['succeeded', 'whole', 1])
  })

  test('a job that overwrites what it was given, its log and its latch, is seen to its end all the same', async () => {
    const { data } = scene('overwrites')
    const holdfast = await open(data)
    const script = `cd $HOLDFAST_DIR; for file in started input.json events; do echo garbage > $file; done; rm -f exit alive started; echo said; exit 4`
    const job = await settled(holdfast, await submitted(holdfast, script))
    // It took its own record away: how it ended is not known, and it is not started anew.
    assert.deepEqual([job.state, job.attempts], ['interrupted', 1])
    assert.equal((await settled(holdfast, await submitted(holdfast, 'true'))).state, 'succeeded')
  })
})

test('I3 I4: the attempt folder is removed under a running job: it is not started again, and nothing lives when its key is free', async () => {
  const { data, folder } = scene('removed')
  const holdfast = await open(data)
  const id = await submitted(holdfast, `echo start >> ${folder}/starts; echo ready; exec sleep 60`, 'locked')
  await written(holdfast, id, 1)
  const attempt = attemptFolder(data, id)
  rmSync(attempt, { recursive: true })
  const job = await settled(holdfast, id)
  assert.deepEqual([job.state, job.attempts], ['interrupted', 1])
  assert.deepEqual(membersOf(attempt), [])
  assert.equal((await settled(holdfast, await submitted(holdfast, 'true', 'locked'))).state, 'succeeded')
  assert.equal(readFileSync(join(folder, 'starts'), 'utf8'), 'start\n')
})

test('I5: after a restart of the machine what had no record is told as cut off by it; a record that was written in time counts', async () => {
  const { data } = scene('restart')
  const first = await open(data)
  const [cut, recorded] = [await submitted(first, 'echo ready; exec sleep 60'), await submitted(first, 'echo ready; exec sleep 60')]
  for (const id of [cut, recorded]) await written(first, id, 1)
  await first.close()
  for (const pid of membersOf(data)) signalled(pid, 'SIGKILL')
  await until('their end', () => membersOf(data).length === 0)
  writeFileSync(join(attemptFolder(data, cut), 'exit'), '---\n')
  writeFileSync(join(attemptFolder(data, recorded), 'exit'), '005\n')
  const database = new DatabaseSync(join(data, 'holdfast.db'))
  database.exec("update attempts set boot_id = 'the boot before'")
  database.close()
  const second = await open(data)
  const jobs = [await settled(second, cut), await settled(second, recorded)]
  assert.deepEqual(
    jobs.map(({ state, exitCode }) => [state, exitCode]),
    [
      ['interrupted', null],
      ['failed', 5],
    ],
  )
  assert.match(jobs[0]?.failure?.message ?? '', /machine was restarted/)
})

test('I12: a copy of a living data folder neither adopts nor stops what belongs to the original', async () => {
  const { data, folder, start, look } = scene('copied')
  const runner = await start()
  const original = await look()
  const [going, asked] = [await runner.submit(untilGate(folder)), await runner.submit(untilGate(folder))]
  for (const id of [going, asked]) await written(original, id, 1)
  const copied = join(folder, 'copy')
  execFileSync('cp', ['-a', data, copied])
  const copy = await open(copied)
  await copy.cancel(asked)
  for (const id of [going, asked]) assert.ok(['interrupted', 'cancelled'].includes((await settled(copy, id)).state))
  assert.ok(isLiving(shimOf(attemptFolder(data, asked))), 'the original goes on')
  writeFileSync(join(folder, 'gate'), '')
  for (const id of [going, asked]) {
    const job = await settled(original, id)
    assert.deepEqual([job.state, job.attempts], ['succeeded', 1])
    assert.deepEqual(await written(original, id, 2), ['ready', 'done'])
  }
})

test('I12: a process that carries the same variables, but not the mark of this attempt, is never signalled', async () => {
  const { data, folder } = scene('bystander')
  const holdfast = await open(data)
  const id = await submitted(holdfast, `trap '' TERM; echo ready; while :; do sleep 0.05; done`)
  await written(holdfast, id, 1)
  const attempt = attemptFolder(data, id)
  const mark = variableOf(shimOf(attempt), 'HOLDFAST_MARK')
  const signalled = join(folder, 'signalled')
  const bystander = spawn('sh', ['-c', `trap 'echo >> ${signalled}' TERM INT HUP; echo; while :; do sleep 0.05; done`], {
    cwd: attempt,
    env: { PATH: process.env.PATH, HOLDFAST_DIR: attempt, HOLDFAST_JOB_ID: String(id), HOLDFAST_MARK: `${mark}0` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(bystander.stdout, 'data')
  await holdfast.cancel(id)
  assert.equal((await settled(holdfast, id)).state, 'cancelled')
  assert.ok(bystander.pid !== undefined && isLiving(bystander.pid) && !existsSync(signalled))
  bystander.kill('SIGKILL')
})

test('commands of the moment settle what has ended and never adopt what lives; wait and logs -f follow it to its end', async () => {
  const { data, folder, start, look } = scene('commands')
  const runner = await start()
  const looker = await look()
  const gone = await runner.submit(`echo ready; until [ -e ${folder}/gone ]; do sleep 0.1; done; exit 3`)
  const lives = await runner.submit(untilGate(folder))
  for (const id of [gone, lives]) await written(looker, id, 1)
  await runner.kill()
  appendFileSync(join(folder, 'gone'), '')
  await until('its record', () => readFileSync(join(attemptFolder(data, gone), 'exit'), 'utf8').startsWith('003\n'))
  const listed = JSON.parse((await command(data, 'list', '--json')).stdout) as { id: number; state: string }[]
  assert.deepEqual(
    listed.map(({ id, state }) => [id, state]),
    [
      [lives, 'running'],
      [gone, 'failed'],
    ],
  )
  assert.equal(JSON.parse((await command(data, 'show', String(lives), '--json')).stdout).history[0].adoptedAt, null)
  const [waiting, following] = [startHoldfast(data, 'wait', String(lives)), startHoldfast(data, 'logs', '-f', String(lives))]
  let followed = ''
  following.stdout?.on('data', (chunk) => {
    followed += chunk
  })
  // Two commands start meanwhile, on a machine that may be busy.
  await until('its adoption', async () => (await looker.detail(lives))?.history[0]?.adoptedAt, 60_000)
  writeFileSync(join(folder, 'gate'), '')
  await Promise.all([ended(waiting), ended(following)])
  assert.deepEqual([waiting.exitCode, following.exitCode, (await looker.get(lives))?.state], [0, 0, 'succeeded'])
  assert.match(followed, /ready\n(.*\n)*done\n/)
})

function variableOf(pid: number, name: string): string {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  return variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}
