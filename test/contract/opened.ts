// A real Holdfast on a temporary folder, and jobs of the moment for it. What a test leaves running is cancelled after it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { defineJob, type Holdfast, type Job, type JobDefinition, type OpenOptions } from '../../src/index.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { temporaryFolder, until } from './temporary.ts'

const ignored = { info() {}, warn() {}, error() {} }

/** Everything a job can be asked to do in one line of shell. */
export const shell = defineJob<{ script: string }>({ kind: 'shell', command: ({ script }) => ['sh', '-c', script], stopGraceMs: 300 })

export function openings(name: string) {
  const opened: Holdfast[] = []
  // Before the folder is made, so that it is still there when this runs.
  after(async () => {
    const last = await openApart({ data, logger: ignored })
    const { jobs } = await last.list({ state: ['queued', 'running', 'stopping'], limit: 200 })
    for (const job of jobs) await last.cancel(job.id)
    await Promise.all(jobs.map((job) => settled(last, job.id, 2_000).catch(() => undefined)))
    for (const one of [last, ...opened]) await one.close()
  })
  const data = temporaryFolder(name)

  async function open(kinds: readonly JobDefinition<unknown>[] = [], options: OpenOptions = {}): Promise<Holdfast> {
    const one = await openApart({ data, logger: ignored, kinds: [shell, ...kinds], ...options })
    opened.push(one)
    return one
  }

  /** Writes a module job's file. */
  function moduleFile(file: string, body: string): string {
    const path = join(data, file)
    writeFileSync(path, `export default async (job) => {\n${body}\n}\n`)
    return path
  }

  return { data, open, moduleFile }
}

/** The job once it is settled, or an error that says where it is stuck. */
export async function settled(holdfast: Holdfast, id: number, withinMs = 15_000): Promise<Job> {
  try {
    return await holdfast.wait(id, { signal: AbortSignal.timeout(withinMs) })
  } catch (error) {
    const job = await holdfast.get(id)
    throw new Error(`job ${id} is still ${job?.state} after ${withinMs} ms`, { cause: error })
  }
}

export async function run(holdfast: Holdfast, script: string): Promise<Job> {
  const { job } = await holdfast.submit(shell, { script })
  return settled(holdfast, job.id)
}

/** Text of the lines of a stream, as the log gives them. */
export async function textOf(holdfast: Holdfast, id: number, stream: 'stdout' | 'stderr' | 'system' = 'stdout'): Promise<string[]> {
  return (await holdfast.log(id, { stream: [stream], limit: 5_000 })).lines.map((line) => line.text)
}

/** Waits until the job has written so many lines to stdout. */
export function written(holdfast: Holdfast, id: number, count: number): Promise<string[]> {
  return until(`${count} lines of job ${id}`, async () => {
    const lines = await textOf(holdfast, id)
    return lines.length >= count ? lines : null
  })
}
