// A job on the wire, with its attempts, events, progress and failure, and the pages made of jobs. Knows no server.
import { z } from '@hono/zod-openapi'
import type { Json } from '../core/job.ts'
import { processFactsSchema, stalledSchema, stallPolicySchema } from './stall.ts'

export const instant = z.number().int().openapi({ description: 'Epoch milliseconds' })
export const optionalText = z.string().nullable()

/** zod's own z.json() prints a schema that refuses null inside arrays, so the type is spelled out. */
export const jsonSchema = z
  .custom<Json>((value) => value !== undefined)
  .openapi('Json', { description: 'Any JSON value', type: ['null', 'boolean', 'number', 'string', 'array', 'object'] })

const jobStates = ['queued', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'interrupted', 'expired'] as const

export const jobStateSchema = z.enum(jobStates, { error: `Must be one of ${jobStates.join(', ')}` }).openapi('JobState')

export const failureSchema = z
  .object({
    kind: z.enum([
      'exit',
      'signal',
      'error',
      'launch',
      'publish',
      'timeout',
      'stall',
      'limit',
      'interrupted',
      'poison',
      'cancelled',
      'replaced',
      'dependency',
      'expired',
    ]),
    message: z.string().openapi({ description: 'One line of at most 200 characters' }),
    hint: z.string().optional().openapi({ description: 'What a person can do about it' }),
    phase: z.string().optional().openapi({ description: 'The phase it happened in' }),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
    lastLines: z.array(z.string()).openapi({ description: 'The last lines the job wrote, at most ten' }),
    logSeq: z.number().int().nullable().openapi({ description: 'The log line that shows the reason; null when there is no log' }),
  })
  .openapi('Failure', { description: 'The recorded reason why a job did not succeed' })

export const progressSchema = z
  .object({
    phase: z.object({ name: z.string(), index: z.number().nullable(), of: z.number().nullable() }).nullable(),
    done: z.number().nullable(),
    total: z.number().nullable(),
    unit: optionalText,
    message: optionalText,
    phases: z.array(z.object({ name: z.string(), startedAt: instant, finishedAt: instant.nullable() })),
    updatedAt: instant,
  })
  .openapi('Progress', { description: 'What the job last said of itself. Unknown amounts are null, never zero' })

const savedSchema = z
  .object({ at: instant, phase: optionalText, done: z.number().nullable(), total: z.number().nullable(), unit: optionalText })
  .openapi('Saved', { description: 'How far the job had got when it saved its checkpoint; null where it had not said' })

export const lockSchema = z
  .object({
    key: z.string(),
    mode: z.enum(['shared', 'exclusive']),
    limit: z.number().int().optional().openapi({ description: 'At most so many running jobs hold the key' }),
  })
  .openapi('Lock', { description: 'A lock key that a job holds while it runs' })

const limitsSchema = z
  .object({
    memoryBytes: z.number().optional().openapi({ description: 'All processes of it together' }),
    cpuSeconds: z.number().optional().openapi({ description: 'Processor time of all processes of it together' }),
    openFiles: z.number().int().optional().openapi({ description: 'Open files of each process' }),
  })
  .openapi('ResourceLimits', { description: 'What the process tree of one attempt may use; absent: any amount' })

const jobNumbers = z.array(z.number().int())

export const waitingForSchema = z
  .union([
    z.object({ for: z.literal('time'), until: instant }),
    z.object({ for: z.literal('key'), key: z.string(), heldBy: jobNumbers }),
    z.object({ for: z.literal('unique key'), heldBy: jobNumbers }),
    z.object({ for: z.literal('job'), jobs: jobNumbers }),
    z.object({ for: z.literal('queue paused'), queue: z.string(), by: optionalText }),
    z.object({ for: z.literal('kind paused'), by: optionalText }),
    z.object({ for: z.literal('queue full'), queue: z.string(), concurrency: z.number().int() }),
    z.object({ for: z.literal('runner that knows this kind') }),
    z.object({ for: z.literal('slot') }),
  ])
  .openapi('WaitingFor', { description: 'What a queued job waits for' })

export const jobSchema = z
  .object({
    id: z.number().int().openapi({ description: 'From 1, never reused' }),
    kind: z.string(),
    name: optionalText,
    queue: z.string(),
    state: jobStateSchema,
    hold: z.enum(['ready', 'time', 'key', 'job', 'kind paused']).openapi({ description: 'Why a queued job is not ready to be claimed' }),
    priority: z.number(),
    uniqueKey: optionalText,
    input: jsonSchema,
    result: jsonSchema,
    omitted: z
      .array(z.enum(['input', 'result']))
      .openapi({ description: 'Which of the two are left out here and read as null, because they are long and this is a list' }),
    command: z.array(z.string()).nullable().openapi({ description: 'The argv that runs; null where the job is a module' }),
    submittedBy: optionalText,
    schedule: optionalText.openapi({ description: 'Name of the schedule that asked for it' }),
    submittedAt: instant,
    availableAt: instant.openapi({ description: 'Not started before' }),
    expireAt: instant.nullable().openapi({ description: 'Given up if it has not begun by then' }),
    waitingFor: waitingForSchema.nullable(),
    locks: z.array(lockSchema),
    timeoutMs: z.number().nullable().openapi({ description: 'Milliseconds that an attempt may take; null: any' }),
    limits: limitsSchema,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    attempts: z.number().int().openapi({ description: 'How many attempts were started' }),
    mostAttempts: z.number().int().openapi({ description: 'How many it may have by its retry policy' }),
    exitCode: z.number().int().nullable(),
    signal: optionalText,
    failure: failureSchema.nullable(),
    stopReason: z.enum(['cancel', 'timeout', 'stall', 'limit', 'resume', 'shutdown', 'lease', 'replaced']).nullable(),
    stopWhy: optionalText.openapi({ description: 'What made its runner stop it: "took longer than 10 min"; null when a person asked' }),
    stopAskedBy: optionalText,
    flags: z.array(z.enum(['leftovers', 'killIncomplete', 'disconnected', 'stalled', 'unchecked'])).openapi({
      description:
        'leftovers: processes that its command left behind still live; killIncomplete: some cannot be killed; disconnected: its launcher is gone, its processes live; stalled: it has given no sign of life for longer than its kind allows; unchecked: it has ended, and its output waits for the app that can look at it',
    }),
    progress: progressSchema.nullable(),
    saved: savedSchema.nullable().openapi({ description: 'Where a resume goes on: its checkpoint; null: it begins at the start' }),
    heartbeatAt: instant.nullable().openapi({ description: 'Last output, progress or explicit beat' }),
    stall: stallPolicySchema.nullable(),
    stalled: stalledSchema.nullable(),
    waitedAt: instant.nullable().openapi({ description: 'When a person last said to go on waiting' }),
    logLines: z.number().int().openapi({ description: 'Number of the newest log line' }),
    artifacts: z.array(z.string()),
    fingerprint: optionalText,
    version: z.number().int().openapi({ description: 'Grows with every change' }),
  })
  .openapi('Job', { description: 'One thing asked for: one number, one life, however many tries' })

const telemetrySchema = z
  .object({
    everyMs: z.number().openapi({ description: 'Milliseconds between two samples' }),
    samples: z.array(
      z.object({
        at: instant,
        cpuPercent: z.number().openapi({ description: '100 is one processor fully used since the sample before' }),
        memoryBytes: z.number(),
        processes: z.number().int(),
      }),
    ),
  })
  .openapi('Telemetry', { description: 'What the process tree used over its life; every two samples become one when there are too many' })

export const attemptSchema = z
  .object({
    attempt: z.number().int(),
    state: z.enum(['starting', 'running', 'ended']),
    protocol: z.number().int(),
    runnerId: z.string(),
    hostId: z.string(),
    bootId: z.string(),
    pid: z.number().int().nullable(),
    startedAt: instant,
    finishedAt: instant.nullable(),
    exitCode: z.number().int().nullable(),
    signal: optionalText,
    failure: failureSchema.nullable(),
    adoptedAt: instant.nullable().openapi({ description: 'When a later runner attached to the process; null if none had to' }),
    telemetry: telemetrySchema.nullable(),
  })
  .openapi('Attempt')

export const jobEventSchema = z
  .object({ version: z.number().int(), at: instant, name: z.string(), by: optionalText, details: jsonSchema })
  .openapi('JobEvent', { description: 'Who asked what, and when' })

export const pollAfterMs = z
  .number()
  .int()
  .nullable()
  .openapi({ description: 'When to look again if you poll; null when nothing is active, so nothing changes by itself' })

const usualSchema = z
  .object({
    durationMs: z.number(),
    phases: z.array(z.object({ name: z.string(), durationMs: z.number() })),
    jobs: z.number().int().openapi({ description: 'Of how many past jobs this is said' }),
  })
  .openapi('Usual', { description: 'The median of what jobs of its kind took that succeeded in one attempt' })

export const remainingSchema = z
  .object({ jobMs: z.number().nullable(), phaseMs: z.number().nullable(), at: instant })
  .openapi('Remaining', { description: 'How long it will still take, and its phase, as told at `at`; null where that cannot be said' })

export const jobDetailSchema = jobSchema
  .extend({
    history: z.array(attemptSchema),
    events: z.array(jobEventSchema),
    after: jobNumbers.openapi({ description: 'Jobs that it had to come after' }),
    usual: usualSchema.nullable(),
    remaining: remainingSchema.nullable(),
    pollAfterMs,
  })
  .openapi('JobDetail', { description: 'A job with its attempts and the record of who asked what' })

export const submittedSchema = z
  .object({
    job: jobSchema,
    created: z.boolean().openapi({ description: 'False when the active job with the same unique key was returned instead' }),
    pollAfterMs,
  })
  .openapi('Submitted')

export const askedJobSchema = jobSchema
  .extend({ pollAfterMs })
  .openapi('AskedJob', { description: 'A job after something was asked of it' })

export const checkedSchema = z
  .object({
    job: jobSchema,
    process: processFactsSchema.nullable().openapi({ description: 'Null where it has no processes of its own that could be looked at' }),
    words: z.string().openapi({ description: 'The same in words, as the log has it' }),
    pollAfterMs,
  })
  .openapi('Checked', { description: 'What a look at a running job saw' })

const before = z.number().int().nullable().openapi({
  description:
    'Pass as `before` for the next page; null on the last one. A page can hold fewer jobs than `limit`, even none, and not be the last',
})

export const jobPageSchema = z
  .object({ jobs: z.array(jobSchema).openapi({ description: 'Newest first' }), before, pollAfterMs })
  .openapi('JobPage')

const counts = z
  .record(jobStateSchema, z.number().int())
  .openapi({ description: 'How many jobs are in each state', required: [...jobStates] })

export const jobsEventSchema = z
  .object({ jobs: z.array(jobSchema), before, counts })
  .openapi('JobsEvent', { description: 'Data of the event `jobs`: the first page of the filter, and the counts of all jobs' })

export type JobDetailAnswer = z.infer<typeof jobDetailSchema>
export type JobPageAnswer = z.infer<typeof jobPageSchema>
export type CheckedAnswer = z.infer<typeof checkedSchema>
export type SubmittedAnswer = z.infer<typeof submittedSchema>
export type JobsEvent = z.infer<typeof jobsEventSchema>
