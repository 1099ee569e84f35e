// What this app can do, whoever asks: it opens Holdfast with the three kinds and takes orders. Knows no request.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, type Holdfast, type Logger, openHoldfast } from 'holdfast'
import { defineKinds, type Kinds } from './jobs.ts'
import type { BookOrder } from './order.ts'
import { type Settings, settingsFrom } from './settings.ts'

export interface App {
  holdfast: Holdfast
  kinds: Kinds
  settings: Settings
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
  await tidyDrafts(holdfast, drafts)
  return { holdfast, kinds, settings }
}

/** The same `id` twice is one order while it is being written. */
export async function orderBook({ holdfast, kinds }: App, order: BookOrder) {
  return await holdfast.submit(kinds.generate, order, { submittedBy: 'the order form', name: order.title })
}

/** Chapters that are not published yet, a folder for each job. What a job needed to resume is not needed when it has succeeded, or is gone. */
async function tidyDrafts(holdfast: Holdfast, drafts: string): Promise<void> {
  for (const name of existsSync(drafts) ? readdirSync(drafts) : []) {
    const job = await holdfast.get(Number(name))
    if (job === null || job.state === 'succeeded') rmSync(join(drafts, name), { recursive: true, force: true })
  }
}
