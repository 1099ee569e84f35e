// An artifact on the wire: its condition, its snapshots with who reads them, what happened to it. Knows no server and no absolute path.
import { z } from '@hono/zod-openapi'
import { failureSchema, instant, jobStateSchema, optionalText, pollAfterMs } from './job.ts'

const conditions = ['idle', 'required', 'building', 'succeeded', 'failed'] as const

export const snapshotSchema = z
  .object({
    id: z.number().int().openapi({ description: 'Unique among the snapshots of all artifacts; never reused' }),
    artifact: z.string(),
    number: z.number().int().openapi({ description: 'Number for people, per artifact; never reused' }),
    jobId: z.number().int(),
    attempt: z.number().int(),
    kind: optionalText.openapi({ description: 'The kind that built it' }),
    submittedBy: optionalText.openapi({ description: 'Who asked for the job' }),
    folder: z.string().openapi({ description: 'Its folder inside the data folder', example: 'snapshots/watch-index/42-1' }),
    fingerprint: optionalText.openapi({ description: 'What it was built from, as the app spells it' }),
    seededFrom: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'Number of the snapshot that its folder began as a copy of; null: it began empty' }),
    files: z.number().int(),
    bytes: z.number(),
    publishedAt: instant,
    isCurrent: z.boolean(),
    replacedAt: instant
      .nullable()
      .openapi({ description: 'When another one took its place; null while it is current, and when it never was' }),
  })
  .openapi('Snapshot', { description: 'One immutable version of an artifact' })

const wantedSchema = z
  .object({ fingerprint: z.string(), at: instant, by: optionalText })
  .openapi('Wanted', { description: 'What the current snapshot should have been built from' })

const buildSchema = z
  .object({
    jobId: z.number().int(),
    kind: z.string(),
    state: jobStateSchema,
    fingerprint: optionalText,
    submittedBy: optionalText,
    submittedAt: instant,
    finishedAt: instant.nullable(),
    failure: failureSchema.nullable(),
  })
  .openapi('Build', { description: 'A job that builds an artifact, or built it, or did not' })

const readerSchema = z
  .object({ program: z.string(), pid: z.number().int(), hostId: z.string(), since: instant })
  .openapi('Reader', { description: 'A program that reads a snapshot: as long as it is named here, the snapshot is kept' })

const artifactEventSchema = z
  .object({
    at: instant,
    name: z.enum(['published', 'stored', 'rolled back', 'rolled forward', 'wanted']),
    number: z.number().int().nullable().openapi({ description: 'The snapshot that it is about' }),
    before: z.number().int().nullable().openapi({ description: 'The one that was current before' }),
    by: optionalText,
    text: optionalText.openapi({ description: 'The reason that was given, or the fingerprint that is wanted' }),
  })
  .openapi('ArtifactEvent')

export const artifactSchema = z
  .object({
    name: z.string(),
    condition: z.enum(conditions),
    required: z
      .boolean()
      .openapi({ description: 'The current snapshot is not what is wanted, or there is none; also while it is being built' }),
    anotherRequired: z.boolean().openapi({ description: 'Another build will be required when those that are asked for have finished' }),
    reasons: z.array(z.string()).openapi({ description: 'Why it is in this condition, as sentences' }),
    current: snapshotSchema.nullable(),
    wanted: wantedSchema.nullable(),
    building: buildSchema.nullable().openapi({ description: 'The job that builds it now, or waits to' }),
    next: buildSchema.nullable().openapi({ description: 'A job that is queued to build it after that' }),
    last: buildSchema.nullable().openapi({ description: 'The last job for it that has ended' }),
    snapshots: z.number().int().openapi({ description: 'How many are kept' }),
    bytes: z.number().openapi({ description: 'What all that are kept take on the disk' }),
    version: z.number().int().openapi({ description: 'Grows with every change of what is current and of what is wanted' }),
  })
  .openapi('Artifact', { description: 'A named output of jobs' })

export const artifactDetailSchema = artifactSchema
  .extend({
    kept: z.array(snapshotSchema.extend({ readers: z.array(readerSchema) })).openapi({ description: 'Newest first' }),
    events: z.array(artifactEventSchema).openapi({ description: 'Newest first, at most 100' }),
    builds: z.array(buildSchema).openapi({ description: 'The newest 20 jobs for it, newest first' }),
    pollAfterMs,
  })
  .openapi('ArtifactDetail', { description: 'An artifact with all that is kept of it' })

export const artifactsSchema = z
  .object({ artifacts: z.array(artifactSchema).openapi({ description: 'By name' }), pollAfterMs })
  .openapi('Artifacts')

export const artifactsEventSchema = z
  .object({ artifacts: z.array(artifactSchema) })
  .openapi('ArtifactsEvent', { description: 'Data of the event `artifacts`: all of them' })

export type ArtifactDetailAnswer = z.infer<typeof artifactDetailSchema>
