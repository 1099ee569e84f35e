// Hostile strings through every text field that the description of the API knows: never a fault, never somewhere it should not be, and back as it came.
// HOSTILE=5000 (npm run test:hostile) sends them all; npm test a slice.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createHandler, type Handler } from '../../src/http/index.ts'
import { defineJob, type Holdfast } from '../../src/index.ts'
import { openApart } from '../../src/supervisor/open-holdfast.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { hostileStrings } from './hostile-strings.ts'

interface Schema {
  type?: string | string[]
  $ref?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
}
interface Operation {
  operationId: string
  parameters?: { name: string; in: 'path' | 'query' | 'header'; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, unknown>
}
interface Field {
  method: string
  path: string
  operation: Operation
  where: 'path' | 'query' | 'header' | 'body'
  name: string
}

const everyNth = process.env.HOSTILE === undefined ? 13 : 1
/** In npm test some of every sort. */
const strings = hostileStrings(Number(process.env.HOSTILE ?? 150)).filter((_, index) => index % everyNth === 0)
const data = temporaryFolder('hostile')
/** Takes all there is, where a schema of zod leaves `__proto__` out. */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
const canary = '/tmp/holdfast-canary'
let holdfast: Holdfast
let handler: Handler
let schemas: Record<string, Schema>
let fields: Field[]

before(async () => {
  const rebuild = defineJob({ kind: 'rebuild', input: anything, command: ['true'], artifacts: ['index'] })
  holdfast = await openApart({ data, kinds: [rebuild], runner: false })
  handler = createHandler(holdfast, {
    unprotected: true,
    maxQueued: 1_000_000,
    logger: { info() {}, warn() {}, error: (...told) => faults.push(told) },
  })
  await holdfast.schedules.put({ name: 'nightly', kind: 'rebuild', cron: '@daily', input: {} })
  await holdfast.submit('rebuild', {})
  const document = (await (await ask('GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, Schema> }
  }
  schemas = document.components.schemas
  fields = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => fieldsOf(method.toUpperCase(), path, operation)),
  )
  // What makes jobs comes last, so that lists are short before.
  fields.sort((one, other) => Number(makesJobs(one)) - Number(makesJobs(other)))
})
after(() => holdfast.close())

const makesJobs = ({ operation }: Field) => /submit|rerun|runSchedule/i.test(operation.operationId)

const faults: unknown[] = []

function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  return handler.fetch(new Request(`http://127.0.0.1${path}`, { method, ...init }), {})
}

function fieldsOf(method: string, path: string, operation: Operation): Field[] {
  const common = { method, path, operation }
  const parameters = (operation.parameters ?? []).map(({ name, in: where }): Field => ({ ...common, where, name }))
  const body = resolved(operation.requestBody?.content['application/json']?.schema ?? {})
  return [...parameters, ...Object.keys(body.properties ?? {}).map((name): Field => ({ ...common, where: 'body', name }))]
}

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolved(schemas[name] ?? {})
}

/** Something that fits, for the fields that are not the one in question. */
const samples: Record<string, string> = {
  id: '1',
  kind: 'rebuild',
  name: 'nightly',
  queue: 'default',
  role: 'viewer',
  cron: '@daily',
  key: 'k',
  type: 'webhook',
  url: 'http://127.0.0.1:9/',
}

function sampleOf(name: string, schema: Schema): unknown {
  const { type, anyOf, enum: words } = resolved(schema)
  const first = Array.isArray(type) ? type[0] : (type ?? resolved(anyOf?.[0] ?? {}).type)
  if (samples[name] !== undefined) return samples[name]
  if (words) return words[0]
  if (first === 'integer' || first === 'number') return 1
  if (first === 'boolean') return true
  if (first === 'array') return []
  return first === 'object' ? {} : 'a text of some length'
}

function send({ method, path, operation, where, name }: Field, text: string): Promise<Response> {
  const given = (field: string) => (where === 'path' && field === name ? text : (samples[field] ?? 'nope'))
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, field) => encodeURIComponent(wellFormed(given(field))))
  const query = where === 'query' ? `?${name}=${encodeURIComponent(wellFormed(text))}` : ''
  const headers: Record<string, string> = where === 'header' ? { [name]: headerSafe(text) } : {}
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!schema) return ask(method, filled + query, { headers })
  const { properties = {}, required = [] } = resolved(schema)
  const body = Object.fromEntries(required.map((field) => [field, sampleOf(field, properties[field] ?? {})]))
  if (where === 'body') body[name] = text
  return ask(method, filled + query, { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** What cannot be said in an address or a header is left out there; it goes through the bodies. */
const wellFormed = (text: string) => text.toWellFormed()
const headerSafe = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')

test('the description has fields of every sort', () => {
  assert.ok(fields.length > 80, `${fields.length} fields`)
  for (const where of ['path', 'query', 'header', 'body'])
    assert.ok(
      fields.some((field) => field.where === where),
      where,
    )
})

test(`${strings.length} hostile strings through every field: no fault, no undeclared answer, nothing but data comes back`, {
  timeout: 3_600_000,
}, async () => {
  const before = readdirSync(data).sort()
  for (const field of fields) {
    // Each password that could be one is hashed slowly, on purpose.
    const sent = /addUser|changeUser|makeFirstUser|changePassword|signIn/.test(field.operation.operationId)
      ? strings.slice(0, 5 + strings.length / 100)
      : strings
    for (const text of sent) await check(field, text)
  }
  assert.deepEqual(faults, [])
  assert.equal(existsSync(canary), false)
  assert.deepEqual(readdirSync(data).sort(), before, 'no file was made beside ours')
  assert.equal(Reflect.get({}, 'x'), undefined, 'no prototype was written to')
  assert.equal((await ask('GET', '/readyz')).status, 200)
})

async function check(field: Field, text: string): Promise<void> {
  const response = await send(field, text)
  const what = `${field.method} ${field.path} ${field.where} ${field.name} = ${JSON.stringify(text.slice(0, 100))} → ${response.status}`
  assert.ok(response.status < 500 || response.status === 503, what)
  // `..` in a path is another path; the router's own answer is in no route's description.
  if (response.status !== 404) assert.ok(String(response.status) in field.operation.responses, what)
  assert.match(
    response.headers.get('content-type') ?? '',
    /^(application\/(problem\+)?json|text\/plain|text\/event-stream|text\/html)/,
    what,
  )
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff', what)
  assert.ok(response.headers.has('content-security-policy'), what)
  assert.equal(response.headers.get('set-cookie')?.includes('a=b') ?? false, false, what)
  await response.body?.cancel()
}

test('what was taken comes back as it was sent, to the last character', async () => {
  for (const text of strings) {
    // A number: a text in a field whose name says that it is secret is not shown.
    const body = JSON.stringify({ input: { text, [text]: 7 }, name: text, submittedBy: text })
    const response = await ask('POST', '/api/v1/kinds/rebuild/jobs', { headers: { 'content-type': 'application/json' }, body })
    if (response.status !== 201) {
      assert.ok([400, 422].includes(response.status), `${response.status} ${JSON.stringify(text)}`)
      await response.body?.cancel()
      continue
    }
    const { job } = (await response.json()) as { job: { id: number } }
    const read = (await (await ask('GET', `/api/v1/jobs/${job.id}`)).json()) as { input: unknown; name: string; submittedBy: string }
    assert.deepEqual(read.input, JSON.parse(JSON.stringify({ text, [text]: 7 })), JSON.stringify(text))
    // Half a character is no text: databases keep U+FFFD in its place.
    assert.deepEqual([read.name, read.submittedBy], Array(2).fill(text.trim().toWellFormed()))
  }
})
