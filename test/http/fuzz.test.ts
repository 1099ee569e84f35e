// Requests made from the description of the API, right and broken ones, against a real server: no fault, no answer that is not declared, and
// every body fits the schema it is declared with. Longer: npm run test:fuzz (FUZZ_SECONDS=300 FUZZ_SEED=7 FUZZ_DATABASE=postgres to choose).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from '@hono/zod-openapi'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast } from '../../src/index.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { testSchema } from '../contract/postgres-cluster.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { broken, fitting, type Schema, type Schemas } from './from-schema.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  schema: Schema
}
interface Described {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: { 'application/json': { schema: Schema } } }
  responses: Record<string, { content?: Record<string, unknown> }>
}
interface Operation extends Described {
  method: string
  path: string
}
interface Asked {
  operation: Operation
  url: string
  headers: Record<string, string>
  body: string | undefined
}

const seconds = Number(process.env.FUZZ_SECONDS ?? 3)
/** The same ones in every npm test; others in every longer run. */
const seed = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_SECONDS ? Date.now() % 2 ** 31 : 1))
const quick = defineJob({
  kind: 'quick',
  input: z.looseObject({ n: z.number().optional() }),
  command: ['true'],
  artifacts: ['index'],
  locks: ['disk'],
})
const slow = defineJob({ kind: 'slow', unique: true, queue: 'night', command: ['sleep', '1000'] })
const fails = defineJob({ kind: 'fails', command: ['sh', '-c', 'echo no; exit 3'] })

let holdfast: Holdfast
let server: Listening
let operations: Operation[]
let schemas: Schemas
let ajv: Ajv2020
// Before its folder goes.
after(async () => {
  await server.close()
  for (const { id } of (await holdfast.list({ state: ['queued', 'running', 'stopping'], limit: 200 })).jobs) {
    await holdfast.cancel(id)
    await holdfast.wait(id)
  }
  await holdfast.close()
  await drop?.()
})
const data = temporaryFolder('fuzz')
let drop: (() => Promise<void>) | null = null
const faults: unknown[] = []
const seen = new Map<string, Set<number>>()

before(async () => {
  const schema = process.env.FUZZ_DATABASE === 'postgres' ? await testSchema() : null
  drop = schema?.drop ?? null
  const database = schema && { database: schema.address }
  holdfast = await openApart({ data, kinds: [quick, slow, fails], runner: true, ...database })
  const logger = { info() {}, warn() {}, error: (...told: unknown[]) => faults.push(told) }
  server = await listen(createHandler(holdfast, { maxQueued: 20, logger }).fetch, { port: 0 })
  await holdfast.submit(quick, {})
  await holdfast.submit(slow)
  await holdfast.submit(fails)
  await holdfast.schedules.put({ name: 'nightly', kind: quick, cron: '@daily', input: {} })
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>
    components: { schemas: Schemas }
  }
  schemas = document.components.schemas
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ ...described, method, path })),
  )
  ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'api')
})
test('no request made from the description finds a fault, or an answer that is not in it', async () => {
  const perOperation = operations.map(requestOf)
  for (const one of perOperation) for (const asked of fc.sample(one, { seed, numRuns: 2 })) await check(asked, await send(asked))
  let requests = 2 * operations.length
  const property = fc.asyncProperty(fc.oneof(...perOperation), async (asked) => {
    requests++
    await check(asked, await send(asked))
  })
  await fc.assert(property, { seed, numRuns: 1e9, interruptAfterTimeLimit: seconds * 1_000, endOnFailure: true })
  assert.deepEqual(faults, [])
  const silent = operations.filter(({ operationId }) => !seen.has(operationId)).map(({ operationId }) => operationId)
  assert.deepEqual(silent, [], 'every operation was asked')
  const done = operations.filter(({ operationId }) => [...(seen.get(operationId) ?? [])].some((status) => status < 300))
  assert.ok(done.length > operations.length / 2, `${done.length} of ${operations.length} operations were done, not only refused`)
  if (process.env.FUZZ_SECONDS) report(requests)
})

/** Names and numbers that lead somewhere. */
const known: Record<string, fc.Arbitrary<unknown>> = {
  id: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom('quick', 'fails', 'slow'),
  queue: fc.constantFrom('default', 'night'),
  name: fc.constantFrom('nightly', 'index', 'ana', 'hook'),
  key: fc.constantFrom('disk', 'tape'),
  cron: fc.constantFrom('@daily', '0 3 * * *', '*/5 * * * * *', 'at noon'),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Mars/Olympus'),
  role: fc.constantFrom('viewer', 'operator', 'admin'),
  ids: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
  // What waits for one that is cancelled is cancelled.
  after: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
  // Nobody is there.
  url: fc.constantFrom('http://127.0.0.1:9/hook', 'ftp://127.0.0.1/', 'nowhere'),
}
const hints = { ...known, id: undefined, name: undefined } as unknown as Record<string, fc.Arbitrary<unknown>>

function requestOf(operation: Operation): fc.Arbitrary<Asked> {
  const parameters = fc.tuple(...(operation.parameters ?? []).map(parameterOf))
  return fc.tuple(parameters, bodyOf(operation)).map(([given, body]) => toRequest(operation, given.flat(), body))
}

type Given = Parameter & { value: string }

function parameterOf(parameter: Parameter): fc.Arbitrary<Given[]> {
  const { name, schema } = parameter
  const fits = known[name] ?? fitting(schema, schemas, hints)
  const wrong = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', '-1', '1e9', '0', '\0', '../x', '9007199254740993'),
  )
  const value = fc
    .oneof({ weight: 4, arbitrary: fits }, { weight: 1, arbitrary: wrong })
    .map((given) => ({ ...parameter, value: String(given) }))
  if (parameter.in === 'path') return value.map((given) => [given])
  return fc.option(value, { nil: null, freq: 2 }).map((given) => (given === null ? [] : [given]))
}

async function textOf(response: Response, type: string): Promise<string> {
  if (type !== 'text/event-stream') return response.text()
  await response.body?.cancel()
  return ''
}

interface Body {
  text: string | undefined
  type: string
}

function bodyOf({ requestBody }: Operation): fc.Arbitrary<Body> {
  const json = 'application/json'
  if (!requestBody) return fc.constant({ text: undefined, type: json })
  const fits = fitting(requestBody.content[json].schema, schemas, hints)
  const as = (value: unknown): Body => ({ text: JSON.stringify(value), type: json })
  return fc.oneof(
    { weight: 6, arbitrary: fits.map(as) },
    { weight: 3, arbitrary: broken(fits).map(as) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Body[]>({ text: undefined, type: json }, { text: '{', type: json }, { text: '{}', type: 'text/plain' }),
    },
  )
}

function toRequest(operation: Operation, given: readonly Given[], { text, type }: Body): Asked {
  let path = operation.path
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  for (const { name, value, in: where } of given) {
    if (where === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()).replace(/^\.+$/, '%2e') || '%20')
    else if (where === 'query') query.append(name, value)
    else if (/^[\x20-\x7e]*$/.test(value)) headers[name] = value
  }
  if (text !== undefined) headers['content-type'] = type
  return { operation, url: `${path}?${query}`, headers, body: text }
}

async function send({ operation, url, headers, body }: Asked): Promise<Response> {
  return fetch(server.url + url, { method: operation.method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) })
}

async function check({ operation, url }: Asked, response: Response): Promise<void> {
  const { status } = response
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const told = await textOf(response, type)
  const where = `${operation.method} ${url} → ${status} ${told.slice(0, 300)}`
  const asked = seen.get(operation.operationId) ?? new Set()
  seen.set(operation.operationId, asked.add(status))
  assert.ok(status < 500, where)
  // A path that is another one than meant, such as an empty name: no operation of this description.
  if (status === 404 && told.includes('"not_found"')) return
  const declared = operation.responses[status]
  assert.ok(declared, `not declared: ${where}`)
  assert.ok(declared.content && type in declared.content, `not declared as ${type}: ${where}`)
  if (!type.endsWith('json')) return
  const validate = validatorOf(operation, status, type)
  assert.ok(validate(JSON.parse(told)), `${JSON.stringify(validate.errors?.slice(0, 3))}: ${where}`)
}

const validators = new Map<string, ValidateFunction>()

/** Strict: a field that the description does not know is one that nobody was told of. */
function validatorOf({ path, method }: Operation, status: number, type: string): ValidateFunction {
  const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
  const $ref = `api#/${['paths', path, method, 'responses', String(status), 'content', type, 'schema'].map(escaped).join('/')}`
  const made = validators.get($ref) ?? ajv.compile({ $ref, unevaluatedProperties: false })
  validators.set($ref, made)
  return made
}

function report(requests: number): void {
  console.log(`${requests} requests, seed ${seed}`)
  for (const [operation, statuses] of [...seen].sort()) console.log(`${operation}: ${[...statuses].sort().join(' ')}`)
}
