// Lives that a process can be killed in: what it does with a data folder, and what must be true in the end whoever was killed when.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineJob, type Holdfast, type Job } from '../../../src/index.ts'
import { until } from '../../contract/temporary.ts'

export interface Life {
  /** A life that another process has before it; it is killed at the end of it. */
  before?: string
  /** What is there when it begins. */
  prepare?(holdfast: Holdfast): Promise<void>
  /** The life. `told` is what its user was told: it must hold from then on. */
  live(holdfast: Holdfast, told: (what: string) => void): Promise<void>
  /** What the next user does to bring it to its end; nothing, where it ends by itself. */
  goOn?(holdfast: Holdfast, job: Job): Promise<void>
  /** How each of its jobs must end. */
  ends: Ends
}

export interface Ends {
  state: Job['state']
  attempts: number
  /** Lines of stdout of each attempt. */
  lines: (attempt: number) => string[]
  result?: unknown
  /** Of what it publishes. */
  publishes?: Publishes
}

export interface Publishes {
  artifacts: readonly string[]
  /** Files of each, all with the number of the job that wrote them. */
  files: readonly string[]
  /** Which job's snapshot is current in the end, when the user was told this. Default: the last one's. */
  current?: (told: readonly string[]) => readonly number[]
}

/** Where each attempt writes down that it started. */
export const startsFile = 'starts'
const start = `echo "$HOLDFAST_JOB_ID $HOLDFAST_ATTEMPT $$" >> "$STARTS"`
const gate = 'gate'

const counted = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`)

const building = `${start}
i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "line $i"; [ $((i % 10)) -ne 0 ] || { echo "note $i" >&2; sleep 0.03; }; done
echo '{"progress":{"done":1,"total":2}}' >> "$HOLDFAST_EVENTS"; echo '{"checkpoint":{"at":20}}' >> "$HOLDFAST_EVENTS"
echo "$HOLDFAST_JOB_ID" > "$HOLDFAST_STAGING/index/a"; echo "$HOLDFAST_JOB_ID" > "$HOLDFAST_STAGING/index/b"
echo '{"result":"built"}' >> "$HOLDFAST_EVENTS"; echo "line 31"`

// Each file is the job's own in the end, and what it began with was all of one job.
const rebuilding = `${start}; cd "$HOLDFAST_STAGING"; echo "line 1"
for f in index/a index/b taste/a taste/b; do [ ! -e $f ] || cat $f; done | sort -u | wc -l | grep -qE '^[01]$' || exit 9
for f in index/a index/b taste/a taste/b; do echo "$HOLDFAST_JOB_ID" > $f; done`

const failing = `${start}
[ "$HOLDFAST_ATTEMPT" -ge 3 ] && { echo "from $(cat "$HOLDFAST_CHECKPOINT")"; exit 0; }
echo "attempt $HOLDFAST_ATTEMPT"; echo "{\\"checkpoint\\":{\\"at\\":$HOLDFAST_ATTEMPT}}" >> "$HOLDFAST_EVENTS"; exit 5`

// Asked politely it does not go, and its child neither.
const stubborn = `trap '' TERM; ${start}; sleep 60 & echo "line 1"; while :; do sleep 0.1; done`

const leaving = `${start}; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' &); echo "line 1"`

const waiting = `${start}; echo "line 1"; until [ -e "$GATE" ]; do sleep 0.1; done; echo "line 2"`

export function kindsFor(data: string) {
  const environment = { STARTS: join(data, '..', startsFile), GATE: join(data, '..', gate) }
  const shell = (kind: string, script: string) => ({ kind, environment, command: ['sh', '-c', script] })
  return [
    defineJob({ ...shell('build', building), artifacts: ['index'], locks: ['disk'], unique: true }),
    defineJob({
      ...shell('rebuild', rebuilding),
      artifacts: ['index', 'taste'],
      from: 'current',
      validate: (staging) => (readdirSync(join(staging, 'taste')).length === 2 ? undefined : 'something is missing'),
    }),
    defineJob({ ...shell('fail', failing), locks: ['disk'], retry: { attempts: 2, delayMs: 0 } }),
    defineJob({ ...shell('stubborn', stubborn), locks: ['disk'], stopGraceMs: 50 }),
    defineJob({ ...shell('long', `${start}; echo "line 1"; exec sleep 60`), locks: ['disk'], stopGraceMs: 50, timeoutMs: 300 }),
    defineJob({ ...shell('leave', leaving), locks: ['disk'], stopGraceMs: 50 }),
    defineJob({ ...shell('wait', waiting), locks: [{ key: 'disk', mode: 'shared' }] }),
  ]
}

export const lives: Readonly<Record<string, Life>> = {
  'builds and publishes': {
    prepare: async (holdfast) => void (await holdfast.wait((await holdfast.submit('build')).job.id)),
    live: (holdfast, told) => submitAndWait(holdfast, 'build', told),
    ends: {
      state: 'succeeded',
      attempts: 1,
      lines: () => counted(31),
      result: 'built',
      publishes: { artifacts: ['index'], files: ['a', 'b'] },
    },
  },
  'builds two anew from their copies': {
    prepare: async (holdfast) => void (await holdfast.wait((await holdfast.submit('rebuild')).job.id)),
    live: (holdfast, told) => submitAndWait(holdfast, 'rebuild', told),
    ends: { state: 'succeeded', attempts: 1, lines: () => counted(1), publishes: { artifacts: ['index', 'taste'], files: ['a', 'b'] } },
  },
  'goes back to the one before': {
    async prepare(holdfast) {
      for (let round = 0; round < 2; round++) await holdfast.wait((await holdfast.submit('rebuild')).job.id)
    },
    async live(holdfast, told) {
      for (const name of ['index', 'taste']) {
        await holdfast.artifact(name).rollBack({ by: 'ana' })
        told(`rolled back ${name}`)
      }
    },
    ends: {
      state: 'succeeded',
      attempts: 1,
      lines: () => counted(1),
      publishes: { artifacts: ['index', 'taste'], files: ['a', 'b'], current: (told) => (told.length === 2 ? [1] : [1, 2]) },
    },
  },
  'fails, is tried again, and resumed': {
    async live(holdfast, told) {
      const { job } = await holdfast.submit('fail')
      told(`submitted ${job.id}`)
      await holdfast.wait(job.id)
      await holdfast.resume(job.id, { by: 'ana' })
      told(`resumed ${job.id}`)
      const { state } = await holdfast.wait(job.id)
      told(`${state} ${job.id}`)
    },
    async goOn(holdfast, job) {
      if ((await holdfast.wait(job.id)).state === 'failed') await holdfast.resume(job.id)
    },
    ends: { state: 'succeeded', attempts: 3, lines: (attempt) => [attempt === 3 ? 'from {"at":2}' : `attempt ${attempt}`] },
  },
  'is cancelled': {
    async live(holdfast, told) {
      const { job } = await holdfast.submit('stubborn')
      told(`submitted ${job.id}`)
      await firstLine(holdfast, job.id)
      await holdfast.cancel(job.id, { by: 'ana' })
      told(`asked ${job.id}`)
      const { state } = await holdfast.wait(job.id)
      told(`${state} ${job.id}`)
    },
    async goOn(holdfast, job) {
      if (job.state !== 'queued' && job.state !== 'running') return
      await firstLine(holdfast, job.id)
      await holdfast.cancel(job.id)
    },
    ends: { state: 'cancelled', attempts: 1, lines: () => counted(1) },
  },
  'takes too long': {
    live: (holdfast, told) => submitAndWait(holdfast, 'long', told),
    ends: { state: 'failed', attempts: 1, lines: () => counted(1) },
  },
  'leaves somebody behind': {
    live: (holdfast, told) => submitAndWait(holdfast, 'leave', told),
    ends: { state: 'succeeded', attempts: 1, lines: () => counted(1) },
  },
  'starts and leaves': {
    async live(holdfast, told) {
      const { job } = await holdfast.submit('wait')
      told(`submitted ${job.id}`)
      await firstLine(holdfast, job.id)
    },
    goOn: async ({ data }) => openGate(data),
    ends: { state: 'succeeded', attempts: 1, lines: () => counted(2) },
  },
  'adopts and sees through': {
    before: 'starts and leaves',
    async live(holdfast, told) {
      await until('the adoption', async () => (await holdfast.detail(1))?.history[0]?.adoptedAt)
      openGate(holdfast.data)
      const { state } = await holdfast.wait(1)
      told(`${state} 1`)
    },
    goOn: async ({ data }) => openGate(data),
    ends: { state: 'succeeded', attempts: 1, lines: () => counted(2) },
  },
}

async function submitAndWait(holdfast: Holdfast, kind: string, told: (what: string) => void): Promise<void> {
  const { job } = await holdfast.submit(kind)
  told(`submitted ${job.id}`)
  const { state } = await holdfast.wait(job.id)
  told(`${state} ${job.id}`)
}

function openGate(data: string): void {
  writeFileSync(join(data, '..', gate), '')
}

async function firstLine(holdfast: Holdfast, id: number): Promise<void> {
  await until(`a line of job ${id}`, async () => (await holdfast.log(id, { stream: ['stdout'], limit: 1 })).lines.length > 0)
}
