// What a person does about a silent job, from the library and from a terminal: look, wait, resume, cancel. Real processes, real commands.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { defineJob, type Holdfast, type Job, openHoldfast } from 'holdfast'
import { temporaryFolder, until } from '../contract/temporary.ts'
import { holdfast as command } from '../crash/command-line.ts'

const idle = defineJob({ kind: 'idle', command: ['sh', '-c', 'echo waiting; sleep 1000'], stallAfterMs: 1_000, stopGraceMs: 200 })
const inside = defineJob({
  kind: 'inside',
  run: (job) => new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
})

let opened: Holdfast
after(async () => {
  await opened.cancelMany({})
  await until('all are stopped', async () => (await opened.list({ state: ['queued', 'running', 'stopping'] })).jobs.length === 0, 30_000)
  await opened.close()
})
const data = join(temporaryFolder('asked'), 'data')

async function jobWhen(id: number, is: (job: Job) => boolean): Promise<Job> {
  return until(
    `job ${id}`,
    async () => {
      const job = await opened.get(id)
      return job && is(job) ? job : null
    },
    60_000,
  )
}

test('I10: a stalled job is shown with its facts and choices; who looks from another process sees the same, and changes nothing', async () => {
  opened = await openHoldfast({ data, kinds: [idle, inside], runner: { slots: 4 } })
  const { id } = (await opened.submit(idle)).job
  await jobWhen(id, ({ flags, stalled }) => flags.includes('stalled') && stalled?.process !== null)
  const shown = (await command(data, 'show', String(id))).stdout
  assert.match(
    shown,
    /▲ stalled\n\n {2}No sign of life for \d+ s \(limit 1 s\)\n {2}(?:alive|busy), \d+ % CPU\n {2}last line: waiting\n {2}This is a warning/,
  )
  assert.match(shown, /holdfast resume .* stop it, then start again: it has saved nothing yet/)
  for (const choice of ['check', 'keep-waiting', 'resume', 'cancel']) assert.match(shown, new RegExp(`holdfast ${choice} ${id} --data`))
  assert.match((await command(data, 'list')).stdout, /▲ stalled .* no sign of life for \d+ s/)

  const checked = await command(data, 'check', String(id))
  assert.match(checked.stdout, new RegExp(`^${id} {2}alive, \\d % CPU, \\d.* in 2 processes, silent for \\d+ s\\n$`))
  const { lines } = await opened.log(id, { stream: ['system'] })
  assert.match(lines.at(-1)?.text ?? '', /^checked by .+: (?:alive|busy), \d+ % CPU, .* in 2 processes, silent for \d+ s$/)
  const kept = JSON.parse((await command(data, 'keep-waiting', String(id), '--json')).stdout)
  assert.deepEqual([kept.flags, kept.stalled, kept.state], [[], null, 'running'])

  await jobWhen(id, ({ flags }) => flags.includes('stalled'))
  assert.equal((await command(data, 'resume', String(id))).exitCode, 0)
  const again = await jobWhen(id, ({ state, attempts }) => state === 'running' && attempts === 2)
  assert.equal(again.stalled, null, 'the silence of the attempt before is not its own')
})

test('check: a function in its runner is said to be one, and what does not run is refused', async () => {
  const { id } = (await opened.submit(inside)).job
  await jobWhen(id, ({ state }) => state === 'running')
  const seen = await opened.check(id)
  assert.equal(seen.process, null)
  assert.match(seen.words, /^it runs inside the process of its runner, which lives, silent for \d+ m?s$/)
  await opened.cancel(id)
  await opened.wait(id)
  await assert.rejects(opened.check(id), { code: 'wrong_state' })
  await assert.rejects(opened.check(999_999), { code: 'job_not_found' })
  await assert.rejects(opened.check(1, { by: 7 } as never), { code: 'invalid_request' })
  assert.equal((await command(data, 'keep-waiting', String(id))).exitCode, 4)
})
