// The description of the API: sound in itself, complete against the routes there are, and true of what the routes answer.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { permissions } from '../../src/http/access/permissions.ts'
import { errorCodes } from '../../src/supervisor/errors.ts'
import { openServer } from './open-server.ts'

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  parameters?: { name: string; in: string; required: boolean; schema: object; description?: string }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { required?: string[]; properties?: object }> }
}

let server: Awaited<ReturnType<typeof openServer>>
let document: Document
before(async () => {
  server = await openServer()
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document
})
after(() => server.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, name: `${method} ${path}` })),
  )

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  if ('$ref' in value) yield String(value.$ref)
  for (const inner of Object.values(value)) yield* refsIn(inner)
}

test('every route of the wire is described', () => {
  const routes = Object.keys(permissions).filter((route) => / \/(api|healthz|readyz|metrics)/.test(route))
  const asDescribed = routes.map((route) => route.replace(/^\w+/, (method) => method.toLowerCase()).replaceAll(/:(\w+)/g, '{$1}'))
  assert.deepEqual(
    operations()
      .map(({ name }) => name)
      .sort(),
    asDescribed.sort(),
  )
})

test('a validator of OpenAPI 3.1 finds nothing wrong', async () => {
  const { valid, errors } = await new Validator().validate({ ...structuredClone(document) })
  assert.deepEqual([valid, errors], [true, undefined])
  const { paths: _, ...broken } = structuredClone(document)
  assert.equal((await new Validator().validate({ ...broken, openapi: '3.1.0', paths: { nowhere: {} } })).valid, false)
})

test('the description is sound: version, references, names, parameters, answers', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/)
  assert.ok(document.info.title && document.info.version)
  for (const ref of refsIn(document)) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1]
    assert.ok(name && document.components.schemas[name], `${ref} is not there`)
  }
  const ids = operations().map(({ operation }) => operation.operationId)
  assert.deepEqual(ids, [...new Set(ids)])
  const tags = document.tags.map(({ name }) => name)
  for (const { path, operation, name } of operations()) {
    assert.ok(operation.operationId && operation.summary, name)
    assert.ok(operation.tags.every((tag) => tags.includes(tag)) && operation.tags.length === 1, name)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
    assert.deepEqual(
      declared.map((parameter) => parameter.name),
      inPath,
      name,
    )
    for (const parameter of operation.parameters ?? []) {
      assert.equal(parameter.required, parameter.in === 'path', `${name} ${parameter.name}`)
      assert.ok(parameter.description && Object.keys(parameter.schema).length > 0, `${name} ${parameter.name}`)
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      assert.match(status, /^[2-5]\d\d$/)
      assert.ok(response.description && response.content, `${name} ${status}`)
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    for (const field of schema.required ?? []) assert.ok(field in (schema.properties ?? {}), `${name}.${field}`)
  }
})

test('every route names the errors it can give, and only codes of the table', () => {
  for (const { method, operation, name } of operations()) {
    const problems = Object.entries(operation.responses).filter(([, response]) => response.content?.['application/problem+json'])
    const codes = problems.flatMap(([status, response]) =>
      [...response.description.matchAll(/`(\w+)`:/g)].map((match) => ({ status: Number(match[1] && status), code: match[1] ?? '' })),
    )
    for (const { status, code } of codes) {
      assert.ok(code in errorCodes, `${name} ${code}`)
      assert.equal(errorCodes[code as keyof typeof errorCodes].status, status, `${name} ${code}`)
    }
    const named = codes.map(({ code }) => code)
    for (const always of ['wrong_host', 'internal']) assert.ok(named.includes(always), `${name} ${always}`)
    assert.equal(named.includes('forbidden'), method !== 'get', name)
    assert.equal(named.includes('payload_too_large'), method !== 'get', name)
  }
})

test('instants, unknown amounts and absent fields are described as they are sent', () => {
  const { Job, Failure, Summary, Json } = document.components.schemas as Record<
    string,
    { required: string[]; properties: Record<string, object> }
  >
  assert.deepEqual(Job?.required.sort(), Object.keys(Job?.properties ?? {}).sort())
  assert.equal(Failure?.required.includes('hint'), false)
  assert.ok(Failure?.required.includes('message'))
  assert.deepEqual(Job?.properties.finishedAt, { type: ['integer', 'null'], description: 'Epoch milliseconds' })
  assert.deepEqual(Summary?.required.sort(), Object.keys(Summary?.properties ?? {}).sort())
  assert.deepEqual((Json as unknown as { type: string[] }).type.sort(), ['array', 'boolean', 'null', 'number', 'object', 'string'])
})

test('a named schema that may be null is described as one or the other, never as both', () => {
  const { KindActivity, Standing } = document.components.schemas as Record<string, { properties: Record<string, unknown> }>
  const description = 'Its active job: the stalled one, the one that runs, or else the newest that waits'
  assert.deepEqual(KindActivity?.properties.active, { anyOf: [{ $ref: '#/components/schemas/ActiveJob' }, { type: 'null' }], description })
  assert.deepEqual(Standing?.properties.lastState, { anyOf: [{ $ref: '#/components/schemas/JobState' }, { type: 'null' }] })
  assert.doesNotMatch(JSON.stringify(document), /"allOf":\[\{"\$ref":"[^"]+"\},\{"type":\[[^\]]*"null"/)
})

test('the reference page speaks of every route and every error code', async () => {
  const page = await readFile(new URL('../../docs/reference/http.md', import.meta.url), 'utf8')
  for (const { method, path, operation } of operations()) {
    assert.ok(page.includes(`${method.toUpperCase()} ${path}`), `${method} ${path}`)
    for (const parameter of operation.parameters ?? [])
      assert.match(page, new RegExp(`\`[^\`]*${parameter.name}[^\`]*\``, 'i'), `${path} ${parameter.name}`)
  }
  const codes = operations().flatMap(({ operation }) => [...JSON.stringify(operation).matchAll(/`(\w+)`:/g)].map((match) => match[1] ?? ''))
  for (const code of new Set(codes)) assert.ok(page.includes(`\`${code}\``), code)
})
