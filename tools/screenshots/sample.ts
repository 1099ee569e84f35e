// A box full of jobs in every state, as a house with five apps has them on an afternoon: real processes that say what such apps say.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { defineJob, type Holdfast, type JobDefinition, openHoldfast, type SubmitOptions } from '../../src/index.ts'

export interface Sample {
  holdfast: Holdfast
  /** Numbers of jobs by what they show. */
  jobs: Record<SampleJob, number>
  close(): Promise<void>
}

export type SampleJob =
  | 'running'
  | 'unknown'
  | 'stalled'
  | 'waiting'
  | 'scheduled'
  | 'stopping'
  | 'succeeded'
  | 'failed'
  | 'interrupted'
  | 'cancelled'

const scripts = mkdtempSync(join(tmpdir(), 'holdfast-sample-'))
const say = `say() { printf '%s\\n' "$1" >> "$HOLDFAST_EVENTS"; }; hold() { while :; do sleep 600; done; }`

/** As a file, so that its command is as short as that of a real tool. */
function script(name: string, lines: string): string[] {
  const file = join(scripts, `${name}.sh`)
  writeFileSync(file, `${say}\n${lines}\n`)
  return ['sh', file]
}

const rebuild = defineJob({
  kind: 'rebuild-index',
  title: 'Rebuild index',
  description: 'Reads the ratings, embeds every film and finds its neighbours.',
  input: z.object({
    minVotes: z.int().min(0).max(100_000).default(200).describe('Films with fewer votes are left out'),
    mode: z.enum(['data', 'full']).default('data').describe('What is read again'),
    note: z.string().max(200).optional().describe('For whoever reads the list later'),
  }),
  artifacts: ['watch-index'],
  unique: true,
  fingerprint: ({ minVotes, mode }) => `minVotes ${minVotes}, mode ${mode}`,
  command: ({ note }) =>
    script(
      note === 'stay' ? 'build-index' : 'quick-index',
      note === 'stay'
        ? `say '{"phase":{"name":"Read ratings","index":1,"of":5}}'; say '{"phase":{"name":"Embed","index":2,"of":5}}'; say '{"phase":{"name":"Nearest neighbours","index":3,"of":5}}'
           for film in $(seq 1 1344); do echo "neighbours of film $film: 40 near, nearest at 0.$((film % 97 + 100))"; done
           say '{"progress":{"done":1344,"total":3201,"unit":"films"}}'; echo "warning: no genre for Mississippi Mermaid" >&2
           while :; do sleep 1; echo "neighbours of another film: 40 near"; say '{"heartbeat":{}}'; done`
        : `echo "3201 films, $(date +%Y)"; echo index > "$HOLDFAST_STAGING/watch-index/index.bin"; say '{"result":{"films":3201,"neighbours":128040}}'`,
    ),
})

const research = defineJob({
  kind: 'company-research',
  title: 'Company research',
  input: z.object({ company: z.string(), pages: z.int().optional() }),
  command: ({ company }) =>
    script(
      company === 'Saltmarsh Labs' ? 'read-pages' : 'find-pages',
      company === 'Saltmarsh Labs'
        ? `say '{"phase":{"name":"Read pages","index":2,"of":4}}'; say '{"checkpoint":{"page":6}}'; say '{"progress":{"done":6,"total":9,"unit":"pages"}}'; echo reading; kill -9 $PPID $$`
        : `say '{"phase":{"name":"Find pages","index":1,"of":4}}'; say '{"phase":{"name":"Read pages","index":2,"of":4}}'; say '{"progress":{"done":9,"unit":"pages"}}'; while :; do echo "page read"; sleep 2; done`,
    ),
})

const extract = defineJob({
  kind: 'extract-frames',
  title: 'Extract frames',
  input: z.object({ episode: z.string() }),
  stallAfterMs: 2_000,
  command: () =>
    script(
      'extract-frames',
      `say '{"phase":{"name":"Probe","index":1,"of":3}}'; say '{"phase":{"name":"Extract","index":2,"of":3}}'; say '{"progress":{"done":30530,"total":43000,"unit":"frames"}}'; echo "frame=30530 fps=118"; hold`,
    ),
})

const detect = defineJob({
  kind: 'detect-faces',
  title: 'Detect faces',
  input: z.object({ episode: z.string(), batch: z.int().min(1).max(256).default(64) }),
  command: () =>
    script(
      'detect-faces',
      `say '{"phase":{"name":"Load model","index":1,"of":3}}'; say '{"phase":{"name":"Detect","index":2,"of":3}}'; say '{"progress":{"done":18144,"total":43000,"unit":"frames"}}'; say '{"checkpoint":{"frame":18144}}'
       for frame in $(seq 18080 18143); do echo "frame $frame: $((frame % 4)) faces"; done
       echo "MemoryError: the detector could not grow past 2,304 MB" >&2
       say '{"error":{"message":"Out of memory at frame 18,144 of 43,000: the detector could not grow past 2,304 MB"}}'; exit 1`,
    ),
})

const letter = defineJob({
  kind: 'cover-letter',
  title: 'Cover letter',
  input: z.object({ company: z.string(), tone: z.enum(['plain', 'warm']).default('plain') }),
  command: () => script('draft', `echo "drafted"; say '{"result":{"words":412}}'`),
})

const server = defineJob({
  kind: 'game-server',
  title: 'Game server',
  input: z.object({ server: z.string(), what: z.enum(['install', 'start']) }),
  locks: ({ server }) => [{ key: `server:${server}` }],
  stopGraceMs: 60_000,
  command: ({ what }) =>
    script(
      what,
      what === 'install'
        ? `trap 'echo "saving the world first"' TERM; say '{"phase":{"name":"Download","index":1,"of":3}}'; say '{"progress":{"done":326000000,"total":480000000,"unit":"bytes"}}'; while :; do sleep 1; echo chunk; done`
        : 'true',
    ),
})

const backUp = defineJob({
  kind: 'back-up',
  title: 'Back up',
  input: z.object({}).optional(),
  command: () => script('back-up', `say '{"result":{"MB":84}}'`),
})

/** @throws when a job does not come to where it should within a minute */
export async function openSample(folder: string): Promise<Sample> {
  const kinds = [rebuild, research, extract, detect, letter, server, backUp]
  const holdfast = await openHoldfast({ kinds, data: join(folder, 'data'), runner: true })
  const submit = async <Input>(kind: JobDefinition<Input, unknown>, input: Input, options: SubmitOptions = {}) =>
    (await holdfast.submit<Input>(kind, ...([input, options] as never))).job.id
  await storeSchedules(holdfast)
  await publish(holdfast)
  const jobs = {
    interrupted: await submit(research, { company: 'Saltmarsh Labs' }, { name: 'Saltmarsh Labs', submittedBy: 'ben' }),
    failed: await submit(detect, { episode: 'Harbour Lights s01e05', batch: 64 }, { name: 'Harbour Lights s01e05', submittedBy: 'ana' }),
    succeeded: await submit(letter, { company: 'Kelpworks' }, { name: 'Kelpworks', submittedBy: 'ana' }),
    cancelled: await submit(letter, { company: 'Tidewright Ltd' }, { name: 'Tidewright Ltd', availableAt: Date.now() + 60_000 }),
    stalled: await submit(extract, { episode: 'Harbour Lights s01e06' }, { name: 'Harbour Lights s01e06', submittedBy: 'ana' }),
    running: await submit(rebuild, { minVotes: 500, note: 'stay' }, { submittedBy: 'ana' }),
    unknown: await submit(research, { company: 'Brackwater Ferries' }, { name: 'Brackwater Ferries', submittedBy: 'ben' }),
    stopping: await submit(server, { server: 'dune-east', what: 'install' }, { name: 'dune-east', submittedBy: 'ben' }),
    waiting: await submit(server, { server: 'dune-east', what: 'start' }, { name: 'dune-east', submittedBy: 'ben' }),
    scheduled: await submit(backUp, {}, { availableAt: Date.now() + 3_600_000 }),
  }
  await holdfast.cancel(jobs.cancelled, { by: 'ana' })
  for (const id of [jobs.interrupted, jobs.failed, jobs.succeeded]) await holdfast.wait(id)
  await until(holdfast, jobs.stalled, ({ stalled }) => stalled !== null)
  await until(holdfast, jobs.running, ({ progress }) => progress?.done === 1344)
  await until(holdfast, jobs.stopping, ({ progress }) => progress !== null)
  await holdfast.artifact('watch-index').want('minVotes 200, mode full', { by: 'ana' })
  return { holdfast, jobs, close: () => closeSample(holdfast) }
}

async function storeSchedules({ schedules }: Holdfast): Promise<void> {
  await schedules.put({ name: 'nightly-backup', kind: backUp, cron: '0 3 * * *', timeZone: 'Europe/Berlin' })
  await schedules.put({ name: 'weekly-rebuild', kind: rebuild, cron: '30 4 * * 1', input: { minVotes: 200, mode: 'full' }, missed: 'once' })
  await schedules.put({ name: 'letters', kind: letter, cron: '0 9 * * 1-5', input: { company: 'Kelpworks' } })
  await schedules.pause('letters', { by: 'ana' })
}

/** Three snapshots, so that there is something to go back to. */
async function publish(holdfast: Holdfast): Promise<void> {
  for (const minVotes of [100, 200, 500]) {
    const { job } = await holdfast.submit(rebuild, { minVotes, mode: 'data' }, { submittedBy: 'ana' })
    await holdfast.wait(job.id)
  }
}

async function until(holdfast: Holdfast, id: number, holds: (job: Awaited<ReturnType<Holdfast['wait']>>) => boolean): Promise<void> {
  for await (const job of holdfast.watch(id, { signal: AbortSignal.timeout(60_000) })) if (holds(job)) return
}

async function closeSample(holdfast: Holdfast): Promise<void> {
  const { jobs } = await holdfast.list({ state: ['queued', 'running', 'stopping'] })
  for (const { id } of jobs) await holdfast.cancel(id)
  // Its processes live on without it.
  for (const { id } of jobs) await holdfast.wait(id)
  await holdfast.close()
  rmSync(scripts, { recursive: true, force: true })
}
