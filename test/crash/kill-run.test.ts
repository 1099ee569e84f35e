// I4, I5, I7: `kill -9` of `holdfast run` at any moment loses nothing and starts nothing twice.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ended, holdfast, startHoldfast } from './command-line.ts'
import { seeded } from './seeded.ts'

const rounds = Number(process.env.CRASH_ROUNDS ?? 2)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-run-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const script =
  'echo started >> "$STARTS"; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo "line $i"; [ $((i % 100)) -ne 0 ] || sleep 0.04; done; exit 7'
const expected = Array.from({ length: 1_000 }, (_, index) => `line ${index + 1}`)

test(`I4 I5 I7: ${rounds} kills of holdfast run: exit code, lines and their order are right, one start each`, async () => {
  const random = seeded(Number(process.env.CRASH_SEED ?? 1))
  const data = join(folder, 'data')
  let known = 0
  let killsWhileRunning = 0
  for (let round = 0; round < rounds; round++) {
    const starts = join(folder, `starts-${round}`)
    process.env.STARTS = starts
    const run = startHoldfast(data, 'run', '--', 'sh', '-c', script)
    // The moment is the point of the test, so here time is no condition to wait for: in turns the start and all before it, and the life of the command.
    if (round % 2 === 0) await delay(100 + random() * 500)
    else await appears(starts).then(() => delay(random() * 350))
    run.kill('SIGKILL')
    await ended(run)
    if (hasNoExitYet(data, known + 1)) killsWhileRunning++

    // Killed before it had made the folder, there is nothing to look at.
    const listed = existsSync(data) ? (await holdfast(data, 'list', '--json', '--limit', '200')).stdout : '[]'
    const jobs: { id: number }[] = JSON.parse(listed)
    assert.ok(jobs.length === known || jobs.length === known + 1, `round ${round}: at most one job more`)
    if (jobs.length === known) {
      assert.equal(startsIn(starts), 0, `round ${round}: what was not recorded was not started`)
      continue
    }
    known++
    const id = String(jobs[0]?.id)
    const job = JSON.parse((await holdfast(data, 'wait', id, '--json')).stdout)
    assert.deepEqual(
      { state: job.state, exitCode: job.exitCode, attempts: job.attempts },
      { state: 'failed', exitCode: 7, attempts: 1 },
      `round ${round}`,
    )
    assert.equal(startsIn(starts), 1, `round ${round}: one start`)
    const log = (await holdfast(data, 'logs', id, '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      log.filter((line) => line.stream === 'stdout').map((line) => line.text),
      expected,
      `round ${round}: every line once, in order`,
    )
    assert.deepEqual(
      log.map((line) => line.seq),
      log.map((_, index) => index + 1),
      `round ${round}: numbers without gap`,
    )
  }
  assert.ok(killsWhileRunning > 0, 'some kill came while the command ran')
})

function hasNoExitYet(data: string, jobId: number): boolean {
  const attempts = join(data, 'attempts')
  const folder = existsSync(attempts) ? readdirSync(attempts).find((name) => name.startsWith(`${jobId}-1-`)) : undefined
  return folder !== undefined && readFileSync(join(attempts, folder, 'exit'), 'utf8') === '---\n'
}

async function appears(file: string): Promise<void> {
  const watcher = watch(dirname(file))
  while (!existsSync(file)) await once(watcher, 'change')
  watcher.close()
}

function startsIn(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1
  } catch {
    return 0
  }
}
