// The client is typed by the app's kinds: what is wrong does not compile. Nothing is asked of a server: tsc is the test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from '@hono/zod-openapi'
import { createClient } from '../src/client/index.ts'
import type { Same } from '../src/contract/agreement.ts'
import { defineJob, type Json, type KindsOf } from '../src/index.ts'

const rebuild = defineJob({
  kind: 'rebuild',
  input: z.object({ mode: z.enum(['data', 'profile']), limit: z.number().default(5) }),
  command: ({ mode, limit }) => ['sh', '-c', `echo ${mode} ${limit}`],
})
const tidy = defineJob({ kind: 'tidy', command: ['true'] })
const kinds = [rebuild, tidy]

type Kinds = KindsOf<typeof kinds, { rebuild: { rows: number } }>

test('KindsOf names the kinds with what they take and what comes of them', () => {
  const agrees: [
    Same<Kinds['rebuild']['input'], { mode: 'data' | 'profile'; limit?: number }>,
    Same<Kinds['rebuild']['result'], { rows: number }>,
    Same<Kinds['tidy']['result'], Json>,
    Same<keyof Kinds, 'rebuild' | 'tidy'>,
  ] = [true, true, true, true]
  assert.equal(agrees.length, 4)
})

test('a wrong kind, a wrong or missing input and a wrong result do not compile', async () => {
  const client = createClient<Kinds>({ url: 'http://127.0.0.1:1', fetch: () => Promise.reject(new Error('nobody is asked')) })
  const calls = [
    async () => (await client.submit('rebuild', { mode: 'data' })).job.result?.rows satisfies number | undefined,
    () => client.submit('rebuild', { mode: 'data', limit: 7 }, { name: 'Nightly' }),
    () => client.submit('tidy'),
    // @ts-expect-error There is no such kind.
    () => client.submit('rebuid', { mode: 'data' }),
    // @ts-expect-error The mode is none.
    () => client.submit('rebuild', { mode: 'everything' }),
    // @ts-expect-error It needs an input.
    () => client.submit('rebuild'),
    // @ts-expect-error The result has no such field.
    async () => (await client.submit('rebuild', { mode: 'data' })).job.result?.columns,
    // Without kinds anything may be asked.
    () =>
      createClient({ url: 'http://127.0.0.1:1', fetch: () => Promise.reject(new Error('nobody is asked')) }).submit('any', { thing: [1] }),
  ]
  for (const call of calls) await assert.rejects(call, { code: 'unreachable' })
})
