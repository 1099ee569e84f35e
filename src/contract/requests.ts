// What a caller may send: path and query parameters and bodies, read strictly and explained in the words of the wire.
import { z } from '@hono/zod-openapi'
import { wireBounds } from './bounds.ts'
import { jobStateSchema, jsonSchema } from './job.ts'
import { streamSchema } from './log.ts'

export const jobParams = z.object({ id: wholeNumber(1).openapi({ description: 'Number of the job', example: 42 }) })

export const tokenParams = z.object({ id: wholeNumber(1).openapi({ description: 'Number of the token', example: 3 }) })

export const kindParams = z.object({ kind: z.string().openapi({ description: 'Name of the kind', example: 'rebuild' }) })

export const artifactParams = z.object({
  name: z
    .string()
    // core/artifact.ts has the rule; a test holds the two together.
    .regex(/^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,99}$/, { error: 'Must be lower-case letters, digits, "-", "_" or "."' })
    .openapi({ description: 'Name of the artifact', example: 'watch-index' }),
})

export const listQuery = z.object({
  state: commaList(jobStateSchema).openapi({ description: 'Only jobs in one of these states' }),
  kind: optional(filterText()).openapi({ description: 'Only jobs of this kind' }),
  queue: optional(filterText()).openapi({ description: 'Only jobs of this queue' }),
  submittedBy: optional(filterText()).openapi({ description: 'Only jobs that this person or program asked for' }),
  schedule: optional(filterText()).openapi({ description: 'Only jobs that this schedule asked for' }),
  before: optional(wholeNumber(1)).openapi({ description: 'Only jobs with a smaller number: the next page' }),
  limit: pageSize(wireBounds.listPage, wireBounds.listPageDefault),
})

export const eventsQuery = listQuery.omit({ before: true })

export const activityQuery = z.object({
  job: commaList(wholeNumber(1), wireBounds.activityJobs).openapi({
    description: `Also these jobs, at most ${wireBounds.activityJobs}`,
    example: [42],
  }),
  kind: commaList(
    withoutNul(z.string()).refine(isKindOrKey, { error: 'Must be kind, or kind/key with the key URI-encoded' }),
    wireBounds.activityKinds,
  ).openapi({
    description: `Also how these kinds stand, or one unique key of a kind as \`kind/key\` with the key URI-encoded (and the whole then once more, as every value of a query); at most ${wireBounds.activityKinds}`,
    example: ['rebuild', 'install/server%203'],
  }),
  artifact: commaList(withoutNul(z.string()), wireBounds.activityArtifacts).openapi({
    description: `Also these artifacts, at most ${wireBounds.activityArtifacts}`,
    example: ['watch-index'],
  }),
})

export const logQuery = z
  .object({
    after: optional(wholeNumber(0)).openapi({ description: 'Lines with a larger number, oldest first' }),
    before: optional(wholeNumber(1)).openapi({ description: 'Lines with a smaller number: the last of them, oldest first' }),
    around: optional(wholeNumber(1)).openapi({ description: 'The line with this number, and those before and after it' }),
    q: optional(z.string().max(wireBounds.searchText)).openapi({
      description:
        'Only lines with this text, in whatever case. One call looks through so much of the log; `searched` says how far it came',
    }),
    limit: pageSize(wireBounds.logPage, wireBounds.logPageDefault),
    stream: commaList(streamSchema).openapi({ description: 'Only these streams' }),
    full: optional(z.enum(['1', 'true', '0', 'false'], { error: 'Must be 1 or 0' }))
      .transform((value) => value === '1' || value === 'true')
      .openapi({ description: '`1`: text to 64 KiB a line instead of 4,096 characters' }),
  })
  .refine((query) => query.after === undefined || query.before === undefined, {
    path: ['before'],
    message: 'Cannot be combined with after',
  })
  .refine((query) => query.around === undefined || (query.after === undefined && query.before === undefined && query.q === undefined), {
    path: ['around'],
    message: 'Cannot be combined with after, before or q',
  })

export const textQuery = z.object({ stream: commaList(streamSchema).openapi({ description: 'Only these streams' }) })

export const textHeaders = z.object({
  range: z.string().optional().openapi({ description: 'One range of bytes; of several, all is sent', example: 'bytes=-65536' }),
  'if-range': z.string().optional().openapi({ description: 'The `etag` of what is there already; all is sent when it is another one' }),
})

export const followQuery = z.object({
  after: optional(wholeNumber(0)).openapi({
    description: 'Lines with a larger number. `Last-Event-ID` wins, so that a reconnecting reader goes on',
  }),
  last: optional(wholeNumber(1)).openapi({
    description: 'Of the lines that are there already, at most the newest so many; `skipped` says which were left out',
  }),
})

export const followHeaders = z.object({
  'last-event-id': optional(wholeNumber(0)).openapi({
    description: 'Number of the last line received; browsers send it when they reconnect',
  }),
})

export const personName = withoutNul(z.string().trim().min(1).max(wireBounds.name))

export const submitBody = z
  .strictObject({
    input: jsonSchema.optional().openapi({ description: 'Must fit the input schema of the kind; an empty object if absent' }),
    name: personName.optional().openapi({ description: 'What people should call this job' }),
    submittedBy: personName.optional().openapi({ description: 'Who asks; shown and recorded' }),
    priority: z
      .number()
      .int()
      .min(Number.MIN_SAFE_INTEGER)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .openapi({ description: "Smaller goes first; the kind's if absent" }),
    availableAt: z
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .openapi({ description: 'Not started before; epoch milliseconds' }),
    expireAfterMs: z
      .number()
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .openapi({ description: 'Given up (`expired`) when it has not begun so long after it could' }),
    after: z
      .array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
      .max(wireBounds.after)
      .optional()
      .openapi({ description: 'Numbers of jobs that must succeed first. When one of them does not, this one is cancelled' }),
  })
  .openapi('Submit')

export const rerunBody = z
  .strictObject({
    input: jsonSchema.optional().openapi({ description: 'Another input; the same as before if absent' }),
    by: personName.optional().openapi({ description: 'Who asks; shown and recorded' }),
  })
  .openapi('Rerun')

export const askBody = z.object({ by: personName.optional().openapi({ description: 'Who asks; shown and recorded' }) }).openapi('Ask')

export const rollBackBody = z
  .object({
    to: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().openapi({
      description: 'Number of the snapshot to make current, older or newer; the newest one before the current one if absent',
    }),
    together: z
      .boolean()
      .optional()
      .openapi({ description: 'Also all that its job published with it, at the same instant; only this artifact if absent' }),
    reason: z.string().trim().max(wireBounds.name).optional().openapi({ description: 'Why; kept with it' }),
    by: personName.optional().openapi({ description: 'Who asks; shown and recorded' }),
  })
  .openapi('RollBack')

export const wantBody = z
  .object({
    fingerprint: z
      .string()
      .max(wireBounds.fingerprint)
      .refine((text) => !text.includes('\0'), { error: 'Must not hold NUL' })
      .nullable()
      .openapi({ description: 'What the current snapshot should be built from; null: nothing in particular' }),
    by: personName.optional().openapi({ description: 'Who says so; shown and recorded' }),
  })
  .openapi('Want')

/** What Postgres cannot store is in no job. */
function withoutNul(text: z.ZodString) {
  return text.refine((value) => !value.includes('\0'), { error: 'Must not hold NUL' })
}

function filterText() {
  return withoutNul(z.string().max(wireBounds.name))
}

/** Digits only: `Number()` would also take '', ' 7', '1e3' and '0x10'. */
function wholeNumber(min: 0 | 1, max: number = Number.MAX_SAFE_INTEGER) {
  const error = max === Number.MAX_SAFE_INTEGER ? `Must be a whole number from ${min}` : `Must be a whole number from ${min} to ${max}`
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .openapi({ type: 'integer', minimum: min, ...(max < Number.MAX_SAFE_INTEGER && { maximum: max }) })
}

function pageSize(max: number, fallback: number) {
  return optional(wholeNumber(1, max)).openapi({ description: `1 to ${max}, default ${fallback}` })
}

/** An empty value (`?kind=`) is what an empty form field sends, and means absent. */
function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

function isKindOrKey(text: string): boolean {
  try {
    decodeURIComponent(text.slice(text.indexOf('/') + 1))
    return true
  } catch {
    return !text.includes('/')
  }
}

/** `?state=running,failed`, and the same key given twice. */
function commaList<T extends z.ZodType>(item: T, atMost?: number) {
  const split = (value: unknown) => (value === undefined || value === '' ? undefined : String(value).split(','))
  const list = atMost === undefined ? z.array(item) : z.array(item).max(atMost, { error: `Must name at most ${atMost}`, abort: true })
  return z.preprocess(split, list.optional()).openapi({ param: { style: 'form', explode: false } })
}
