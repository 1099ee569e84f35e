// What this app can do, whoever asks: order a book, have a chapter written anew, have the files made again. Knows no request.
import { randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, type Holdfast, type Logger, openHoldfast } from 'holdfast'
import type { z } from 'zod'
import { slugOf } from './book.ts'
import { defineKinds, type Kinds } from './jobs.ts'
import type { orderSchema } from './order.ts'
import { type Settings, settingsFrom } from './settings.ts'

export interface App {
  holdfast: Holdfast
  kinds: Kinds
  settings: Settings
  /** Chapters that are not published yet, a folder for each job. */
  drafts: string
}

export interface AppOptions {
  /** Data folder; found by Holdfast if absent. */
  data?: string | undefined
  environment?: NodeJS.ProcessEnv
  logger?: Logger
}

export async function openApp({ environment = process.env, ...options }: AppOptions = {}): Promise<App> {
  const settings = settingsFrom(environment)
  const drafts = join(dataFolder(options.data), 'bookapp', 'drafts')
  const kinds = defineKinds(settings, drafts)
  const secrets = settings.writer.type === 'chat' ? [settings.writer.key] : []
  const queues = { writing: { concurrency: settings.atOnce } }
  const holdfast = await openHoldfast({ kinds: Object.values(kinds), queues, secrets, ...options })
  const app = { holdfast, kinds, settings, drafts }
  await tidyDrafts(app)
  return app
}

/** A name for an order that nobody else has. */
export const newId = (title: string): string => `${slugOf(title)}-${randomUUID().slice(0, 6)}`

/** The same `id` twice is one order while it is being written. @throws HoldfastError `invalid_input` */
export async function orderBook({ holdfast, kinds }: App, asked: z.input<typeof orderSchema>, by: string) {
  return await holdfast.submit(kinds.generate, asked, { submittedBy: by, name: asked.title.trim() })
}

/** What a job needed to resume is not needed when it has succeeded, or is gone. */
async function tidyDrafts({ holdfast, drafts }: App): Promise<void> {
  for (const name of foldersIn(drafts)) {
    const job = await holdfast.get(Number(name))
    if (job === null || job.state === 'succeeded') rmSync(join(drafts, name), { recursive: true, force: true })
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name))
  } catch {
    // There were no drafts yet.
    return []
  }
}
