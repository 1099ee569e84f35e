// What the start of an app finds of the last one, which was killed, told in one line. Real processes: an app that runs jobs in several states.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Job } from 'holdfast'
import { openings, settled, shell, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { holdfast as command } from '../crash/command-line.ts'

const { data, open } = openings('repair')
const gate = join(data, 'gate')
const waitsFor = (file: string) => `echo ready; until [ -e ${file} ]; do sleep 0.1; done`
const [first, second] = [waitsFor(gate), waitsFor(`${gate}-2`)]

test('S2.6 I4 I5: a start adopts what lives, settles what ended, interrupts what vanished, and says so in one line', async () => {
  const app = await startApp([`${first}; exit 0`, `${second}; exit 3`, `${second}; exit 4`, 'echo ready; exec sleep 1000', second])
  const looker = await open([], { runner: false })
  const pid = await until('the process of job 4', async () => (await looker.detail(4))?.history[0]?.pid)
  app.kill('SIGKILL')
  await once(app, 'close')
  // Two and three end, four is killed with its shim, five is not known any more.
  writeFileSync(`${gate}-2`, '')
  process.kill(-pid, 'SIGKILL')
  await until('three have ended', () => [2, 3, 5].every((id) => recordOf(id) !== '---\n'))
  await until('the killed one is gone', () => !isAlive(pid))
  rewriteRecord(5, 'xyz\n')

  const told: { message: string; fields: unknown }[] = []
  const logger = { info: (message: string, fields?: unknown) => void told.push({ message, fields }), warn() {}, error() {} }
  const next = await open([], { logger })
  const lines = () => told.filter(({ message }) => message.startsWith('what was left behind: '))
  await until('the line', () => lines().length > 0)
  assert.deepEqual(lines(), [
    {
      message: 'what was left behind: adopted 1, settled 2, interrupted 2',
      fields: { adopted: 1, settled: 2, interrupted: 2, started: 0 },
    },
  ])
  writeFileSync(gate, '')
  const jobs = await Promise.all([1, 2, 3, 4, 5].map((id) => settled(next, id)))
  assert.deepEqual(
    jobs.map(({ state, attempts }: Job) => `${state} ${attempts}`),
    ['succeeded 1', 'failed 1', 'failed 1', 'interrupted 1', 'interrupted 1'],
  )
  const { job } = await next.submit(shell, { script: 'true' })
  assert.equal((await settled(next, job.id)).state, 'succeeded')
  assert.equal(lines().length, 1, 'and never again')
  await next.close()
})

test('holdfast up tells it on the terminal', async () => {
  const folder = join(data, 'up')
  await command(folder, 'run', '-d', '--', 'sleep', '1000')
  const main = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))
  const up = spawn(process.execPath, ['--conditions=holdfast-source', main, 'up', '--data', folder, '--port', '0'])
  let said = ''
  up.stderr.on('data', (text) => {
    said += text
  })
  await until('the line', () => said.includes('\n'), 30_000)
  assert.equal(said, 'holdfast: what was left behind: adopted 1\n')
  await command(folder, 'cancel', '1', '-y')
  up.kill('SIGTERM')
  await once(up, 'close')
})

/** An app with these jobs, all of which have begun. */
async function startApp(scripts: readonly string[]) {
  const program = `
    import { defineJob, openHoldfast } from 'holdfast'
    const shell = defineJob({ kind: 'shell', command: ({ script }) => ['sh', '-c', script], stopGraceMs: 300 })
    const holdfast = await openHoldfast({ data: ${JSON.stringify(data)}, kinds: [shell], runner: { slots: 8 } })
    for (const script of ${JSON.stringify(scripts)}) await holdfast.submit('shell', { script })`
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const app = spawn(process.execPath, ['--conditions=holdfast-source', '--input-type=module', '-e', program], {
    cwd: root,
    stdio: 'inherit',
  })
  const looker = await open([], { runner: false })
  await until('all are there', async () => (await looker.count()).running === scripts.length, 30_000)
  for (const index of scripts.keys()) await written(looker, index + 1, 1)
  return app
}

function fileOf(id: number): string {
  const folder = readdirSync(join(data, 'attempts')).find((name) => name.startsWith(`${id}-1-`)) ?? ''
  return join(data, 'attempts', folder, 'exit')
}

function recordOf(id: number): string {
  return readFileSync(fileOf(id), 'utf8')
}

/** As when the disk kept nonsense: nobody can tell how it ended. */
function rewriteRecord(id: number, text: string): void {
  writeFileSync(fileOf(id), text)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
