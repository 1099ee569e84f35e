// The probes: is the process there, and can it do its work.
import { access, constants, statfs } from 'node:fs/promises'
import { createRoute } from '@hono/zod-openapi'
import { aliveSchema, type Ready, readySchema } from '../../contract/problem.ts'
import { bytesWords } from '../../supervisor/amounts.ts'
import type { Holdfast } from '../../supervisor/holdfast.ts'
import { httpBounds } from '../bounds.ts'
import type { App, AppContext } from '../context.ts'
import { problemAnswers } from '../problem.ts'

const alive = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'isAlive',
  summary: 'Is the process there',
  tags: ['server'],
  responses: { 200: { description: 'Yes', content: { 'application/json': { schema: aliveSchema } } }, ...problemAnswers() },
})

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'isReady',
  summary: 'Can it do its work',
  tags: ['server'],
  responses: {
    ...problemAnswers(),
    200: { description: 'Yes', content: { 'application/json': { schema: readySchema } } },
    503: { description: 'No, and which check failed', content: { 'application/json': { schema: readySchema } } },
  },
})

export function mountHealth(app: App, { holdfast, doorkeeper, logger }: AppContext): void {
  app.openapi(alive, (c) => c.json({ ok: true as const }, 200))

  app.openapi(ready, async (c) => {
    const checks: Ready['checks'] = {
      database: await check(() => readDatabase(holdfast)),
      folder: await check(() => access(holdfast.data, constants.W_OK)),
      disk: await check(() => freeSpace(holdfast.data)),
    }
    const ok = Object.values(checks).every((each) => each.ok)
    // That a runner is elsewhere, or is yet to come, is no failure of this server.
    if (checks.database?.ok) checks.runner = { ok: true, detail: await runnerWords(holdfast) }
    if (!ok) logger.warn('Holdfast is not ready.', { checks })
    // Whoever may not look hears only whether it works.
    const isKnown = await within(doorkeeper.recognise(c.req.raw, c.env)).then(Boolean, () => false)
    return c.json({ ok, checks: isKnown ? checks : withoutDetails(checks) }, ok ? 200 : 503)
  })
}

function withoutDetails(checks: Ready['checks']): Ready['checks'] {
  return Object.fromEntries(Object.entries(checks).map(([name, { ok }]) => [name, { ok }]))
}

async function check(look: () => Promise<unknown>): Promise<Ready['checks'][string]> {
  try {
    const detail = await look()
    return { ok: true, ...(typeof detail === 'string' && { detail }) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

async function readDatabase(holdfast: Holdfast): Promise<void> {
  const trouble = holdfast.trouble()
  if (trouble !== null) throw new Error(trouble)
  await within(holdfast.list({ limit: 1 }))
}

/** A locked database makes callers wait for half a minute, and an app that is asked who asks may never answer; a probe wants to know sooner. */
async function within<R>(answer: Promise<R>): Promise<R> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`No answer within ${httpBounds.readyMs} ms.`)), httpBounds.readyMs)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

async function freeSpace(folder: string): Promise<string> {
  const { bavail, bsize } = await statfs(folder)
  const words = `${bytesWords(bavail * bsize)} free`
  if (bavail * bsize < httpBounds.leastFreeBytes) throw new Error(`Only ${words}.`)
  return words
}

async function runnerWords(holdfast: Holdfast): Promise<string> {
  const alive = (await holdfast.runners()).filter(({ isAlive }) => isAlive).length
  return alive === 0 ? 'no runner is alive: queued jobs wait for one' : `${alive} alive`
}
