// What this app can do, whoever asks: it opens Holdfast with the three kinds and takes orders. Knows no request.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, type Holdfast, type OpenOptions, openHoldfast } from 'holdfast'
import { artifactOf } from './book.ts'
import { defineKinds } from './jobs.ts'
import { settingsFrom } from './settings.ts'

export type App = Awaited<ReturnType<typeof openApp>>

export interface AppOptions extends Pick<OpenOptions, 'data' | 'logger'> {
  environment?: NodeJS.ProcessEnv
}

export async function openApp({ environment = process.env, ...options }: AppOptions = {}) {
  const settings = settingsFrom(environment)
  const drafts = join(dataFolder(options.data), 'bookapp', 'drafts')
  const isPublished = async (book: string) => (await holdfast.artifact(artifactOf(book)).current()) !== null
  const kinds = defineKinds(settings, drafts, isPublished)
  const secrets = settings.writer.type === 'chat' ? [settings.writer.key] : []
  const queues = { writing: { concurrency: settings.atOnce } }
  const holdfast: Holdfast = await openHoldfast({ kinds: Object.values(kinds), queues, secrets, ...options })
  await tidyDrafts(holdfast, drafts)
  return { holdfast, kinds, settings }
}

/** Chapters that are not published yet, a folder for each job. What a job needed to resume is not needed when it has succeeded, or is gone. */
async function tidyDrafts(holdfast: Holdfast, drafts: string): Promise<void> {
  for (const name of existsSync(drafts) ? readdirSync(drafts).filter((name) => /^\d+$/.test(name)) : []) {
    const job = await holdfast.get(Number(name))
    if (job === null || job.state === 'succeeded') rmSync(join(drafts, name), { recursive: true, force: true })
  }
}
