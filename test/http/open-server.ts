// A real Holdfast on a temporary folder behind a real server, and the ways in that the tests of this folder share.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from '@hono/zod-openapi'
import type { SubmittedAnswer } from '../../src/contract/job.ts'
import { createHandler, type HandlerOptions, type Logger, listen } from '../../src/http/index.ts'
import { defineJob, type JobDefinition, openHoldfast } from '../../src/index.ts'

const shell = defineJob({
  kind: 'shell',
  title: 'Shell script',
  input: z.object({ script: z.string().default('echo hello'), ballast: z.string().optional() }),
  command: ({ script }) => ['sh', '-c', script],
})

const rebuild = defineJob({
  kind: 'rebuild',
  input: z.object({ mode: z.enum(['data', 'profile']), gate: z.string() }),
  command: ({ gate }) => ['sh', '-c', 'until [ -e "$1" ]; do sleep 0.1; done', 'sh', gate],
  unique: true,
})

export const quiet: Logger = { info() {}, warn() {}, error() {} }

/** `more`: kinds beside the two that every test knows. */
export async function openServer(options: HandlerOptions = {}, more: readonly JobDefinition<unknown>[] = []) {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-http-'))
  const holdfast = await openHoldfast({ kinds: [shell, rebuild, ...more], data: join(data, 'data'), runner: true })
  const handler = createHandler(holdfast, options)
  const server = await listen(handler, { port: 0 })
  return {
    data,
    holdfast,
    handler,
    url: server.url,
    close: async () => {
      await server.close()
      const { jobs } = await holdfast.list({ state: ['queued', 'running', 'stopping'] })
      for (const job of jobs) await holdfast.cancel(job.id)
      for (const job of jobs) await holdfast.wait(job.id)
      await holdfast.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Submits by HTTP and fails loudly where that is not what a test is about. */
export async function submit(url: string, kind: string, body: object): Promise<SubmittedAnswer> {
  const response = await post(`${url}/api/v1/kinds/${kind}/jobs`, body)
  if (!response.ok) throw new Error(`submit answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as SubmittedAnswer
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}
