// The three kinds of long work: what each is called, takes and publishes, and what becomes of one that is silent. Every book is an artifact of its own.
import { defineJob, type JobOptions } from 'holdfast'
import { artifactOf, bookIdsOf } from './book.ts'
import { orderSchema, regenerateSchema, rewriteSchema } from './order.ts'
import { faultOf } from './output/assemble.ts'
import type { Settings } from './settings.ts'

export type Kinds = ReturnType<typeof defineKinds>

/** `drafts`: folder in which chapters are kept until their book is published. */
export function defineKinds(settings: Settings, drafts: string) {
  const common = {
    output: 'merged',
    // A chapter that is saved is the sign of life. A model that babbles on for ever gives none.
    heartbeats: 'explicit',
    stallAfterMs: settings.silentMs,
    firstHeartbeatWithinMs: settings.firstSignMs,
    onStall: 'cancel',
    stallLimitMs: settings.giveUpMs,
    limits: { memoryBytes: settings.memoryBytes },
    stopGraceMs: 3_000,
    validate: faultOf,
    environment: { BOOKAPP_WRITER: JSON.stringify(settings.writer), BOOKAPP_DRAFTS: drafts },
  } as const satisfies Partial<JobOptions<unknown>>
  /** They begin with a copy of the published book; only one job at a time changes it, of whatever kind. */
  const ofOneBook = {
    ...common,
    unique: ({ book }: { book: string }) => book,
    locks: ({ book }: { book: string }) => [lockOf(book)],
    artifacts: ({ book }: { book: string }) => [artifactOf(book)],
    from: 'current',
  } as const
  return {
    generate: defineJob({
      ...common,
      kind: 'generate-book',
      title: 'Write a book',
      description: 'Blueprint, events, chapter plan, then chapter by chapter.',
      input: orderSchema,
      module: new URL('./generate-book.ts', import.meta.url),
      queue: 'writing',
      unique: ({ id }) => id,
      locks: (order) => bookIdsOf(order).map(lockOf),
      artifacts: (order) => bookIdsOf(order).map(artifactOf),
    }),
    rewrite: defineJob({
      ...ofOneBook,
      kind: 'rewrite-chapter',
      title: 'Rewrite a chapter',
      description: 'One chapter anew; the others stay to the letter.',
      input: rewriteSchema,
      module: new URL('./rewrite-chapter.ts', import.meta.url),
      queue: 'writing',
    }),
    regenerate: defineJob({
      ...ofOneBook,
      kind: 'regenerate-artifacts',
      title: 'Make the files again',
      description: 'Markdown, EPUB and cover from the chapters as they are.',
      input: regenerateSchema,
      module: new URL('./regenerate-artifacts.ts', import.meta.url),
    }),
  }
}

const lockOf = (book: string): string => `book:${book}`
