// What the campaign's jobs are: short ones and longer ones, with locks, retries, artifacts, modules, with limits and long logs, and some that are hard to stop.
// Each writes into one file that all of them append to, so that its order is the order in which things happened.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defineJob, type JobDefinition } from '../../../src/index.ts'
import type { JobContext } from '../../../src/job.ts'

/** What a job is asked to do. */
export interface Asked {
  /** Lines on stdout; every third one also on stderr. */
  lines: number
  /** Seconds between its lines; 0: as fast as it can. */
  pause: number
  /** Its exit code, once it has been tried often enough. */
  exit: number
  /** Attempts before this one fail with 5. */
  goodAt: number
  locks: { key: string; mode: 'shared' | 'exclusive' }[]
}

export interface Folders {
  /** Where everything of the campaign is. */
  root: string
  data: string
}

export const stampsFile = 'stamps'
export const artifacts = ['index', 'atlas'] as const
/** The least that a log can be bounded to. */
export const logBytes = 1_048_576
/** Behind the words of each line of a long log, so that it need not have many. */
export const padding = 'x'.repeat(3_900)
/** A module job runs out of them. */
export const openFiles = 256
const module = fileURLToPath(new URL('module-job.ts', import.meta.url))

// `say` is one write of less than a page, appended: lines of different processes never mix.
const shell = `
say() { echo "$1 $HOLDFAST_JOB_ID $HOLDFAST_ATTEMPT $$ $2" >> "$STAMPS"; }
work() {
  i=0
  while [ $i -lt $1 ]; do
    i=$((i+1)); echo "$HOLDFAST_JOB_ID.$HOLDFAST_ATTEMPT line $i"
    [ $((i % 3)) -ne 0 ] || echo "$HOLDFAST_JOB_ID.$HOLDFAST_ATTEMPT note $i" >&2
    [ "$2" = 0 ] || { sleep $2; say beat; }
  done
}
leave() { say stop $1; exit $1; }
long() {
  i=0
  while [ $i -lt $1 ]; do
    i=$((i+1)); echo "$HOLDFAST_JOB_ID.$HOLDFAST_ATTEMPT line $i $PADDING"
    [ $((i % 3)) -ne 0 ] || echo "$HOLDFAST_JOB_ID.$HOLDFAST_ATTEMPT note $i $PADDING" >&2
    [ $((i % 100)) -ne 0 ] || { sleep 0.1; say beat; }
  done
}
say start`

const scripts = {
  work: `work $1 $2; leave $3`,
  again: `work $1 $2; echo "{\\"checkpoint\\":$HOLDFAST_ATTEMPT}" >> "$HOLDFAST_EVENTS"; [ $HOLDFAST_ATTEMPT -ge $4 ] || leave 5; leave $3`,
  build: `work $1 $2; for file in a b c; do echo "$HOLDFAST_JOB_ID.$HOLDFAST_ATTEMPT" > "$HOLDFAST_STAGING/$ARTIFACT/$file"; done; leave $3`,
  // Asked politely it stays, and so does its child, in a session of its own.
  stubborn: `trap '' TERM; (setsid sh -c 'trap "" TERM; while :; do echo "beat $HOLDFAST_JOB_ID $HOLDFAST_ATTEMPT $$ " >> "$STAMPS"; sleep 0.1; done' &); work 600 0.1; leave 0`,
  // Leaves somebody behind who ends by himself, and is waited for.
  patient: `(setsid sh -c 'i=0; while [ $i -lt 15 ]; do i=$((i+1)); echo "beat $HOLDFAST_JOB_ID $HOLDFAST_ATTEMPT $$ " >> "$STAMPS"; sleep 0.05; done' &); work $1 $2; leave $3`,
  // Longer than it may.
  timed: `work 600 0.1; leave 0`,
  // More than it may: 64 MiB that somebody keeps, and a processor.
  hungry: `head -c 67108864 /dev/zero | tail -c 67108864 | sleep 60 & work 600 0.1; leave 0`,
  busy: `work $1 0; while :; do :; done`,
  bounded: `long $1; leave $3`,
  // Ends, and leaves somebody behind.
  leaver: `(setsid sh -c 'while :; do echo "beat $HOLDFAST_JOB_ID $HOLDFAST_ATTEMPT $$ " >> "$STAMPS"; sleep 0.05; done' &); work $1 $2; leave $3`,
}

export function kindsFor({ root }: Folders): JobDefinition<unknown>[] {
  const environment = { STAMPS: join(root, stampsFile) }
  const kind = (name: string, script: string) => ({
    kind: name,
    environment,
    stopGraceMs: 200,
    locks: ({ locks }: Asked) => locks,
    command: ({ lines, pause, exit, goodAt }: Asked) => [
      'sh',
      '-c',
      `${shell}\n${script}`,
      'sh',
      ...[lines, pause, exit, goodAt].map(String),
    ],
  })
  return [
    defineJob<Asked>(kind('work', scripts.work)),
    defineJob<Asked>({ ...kind('again', scripts.again), retry: { attempts: mostAttempts, delayMs: 20, backoff: 'fixed' } }),
    ...artifacts.map((artifact) =>
      defineJob<Asked>({ ...kind(artifact, scripts.build), artifacts: [artifact], environment: { ...environment, ARTIFACT: artifact } }),
    ),
    defineJob<Asked>(kind('stubborn', scripts.stubborn)),
    defineJob<Asked>(kind('leaver', scripts.leaver)),
    defineJob<Asked>({ ...kind('patient', scripts.patient), leftovers: 'allow' }),
    defineJob<Asked>({ ...kind('timed', scripts.timed), timeoutMs: 400 }),
    defineJob<Asked>({ ...kind('hungry', scripts.hungry), limits: { memoryBytes: 33_554_432 } }),
    defineJob<Asked>({ ...kind('busy', scripts.busy), limits: { cpuSeconds: 1 } }),
    defineJob<Asked>({ ...kind('merged', scripts.work), output: 'merged' }),
    defineJob<Asked>({ ...kind('bounded', scripts.bounded), logBytes, environment: { ...environment, PADDING: padding } }),
    defineJob<Asked>({
      kind: 'inline',
      safeToRepeat: true,
      locks: ({ locks }) => locks,
      run: (job) => runInline(job, join(root, stampsFile)),
    }),
    defineJob<Asked>({ kind: 'module', environment, stopGraceMs: 200, limits: { openFiles }, locks: ({ locks }) => locks, module }),
  ] as JobDefinition<unknown>[]
}

export const mostAttempts = 3

/** A function in the runner's own process; it dies with that. */
async function runInline({ id, attempt, input, log, signal }: JobContext<Asked>, stamps: string): Promise<void> {
  const say = (what: string, code = '') => appendFileSync(stamps, `${what} ${id} ${attempt} ${process.pid} ${code}\n`)
  say('start')
  for (let line = 1; line <= input.lines; line++) {
    log(`${id}.${attempt} line ${line}`)
    if (input.pause === 0) continue
    await delay(input.pause * 1_000, undefined, { signal })
    say('beat')
  }
  say('stop', '0')
}
