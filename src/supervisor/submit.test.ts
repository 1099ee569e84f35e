// What is asked for is checked before anything is written: input by any Standard Schema, and errors that name the field.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { openings } from '../../test/contract/opened.ts'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { limits } from '../core/limits.ts'
import { defineJob, type JobOptions } from './define-job.ts'
import { dataFolder, findDataFolder } from './find-data-folder.ts'
import { openHoldfast } from './open-holdfast.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

const { open } = openings('submit')

describe('input', () => {
  const zod = defineJob({
    kind: 'zod',
    input: z.object({
      mode: z.enum(['data', 'profile']),
      films: z.array(z.object({ year: z.number() })).default([]),
      at: z.coerce.number().optional(),
    }),
    command: ({ mode }) => ['echo', mode],
    name: ({ mode }) => `about ${mode}`,
    unique: ({ mode }) => mode,
    fingerprint: ({ mode }) => `f-${mode}`,
  })
  const evenNumber: StandardSchemaV1<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'by hand',
      validate: async (value) =>
        Number(value) % 2 === 0
          ? { value: Number(value) }
          : { issues: [{ message: value === 5 ? 'must be even' : 'It has to be even.', path: [{ key: 'the' }, 'number', 3] }] },
    },
  }
  const byHand = defineJob({ kind: 'by-hand', input: evenNumber, command: (number) => ['echo', String(number)] })
  const any = defineJob({ kind: 'any', command: ['true'] })
  const opened = () => open([zod, byHand, any], { runner: false })

  test('zod: what the schema makes of it is what the job gets', async () => {
    const holdfast = await opened()
    const { job, created } = await holdfast.submit(zod, { mode: 'data', films: [{ year: 1999 }] })
    assert.deepEqual(
      [created, job.input, job.command, job.uniqueKey, job.fingerprint, job.name],
      [true, { mode: 'data', films: [{ year: 1999 }] }, ['echo', 'data'], 'data', 'f-data', 'about data'],
    )
    const coerced = await holdfast.submit('zod', { mode: 'profile', at: '7' }, { name: 'seven' })
    assert.equal(coerced.job.name, 'seven')
    assert.deepEqual(coerced.job.input, { mode: 'profile', films: [], at: 7 })
    assert.equal((await holdfast.submit('zod', { mode: 'data' })).created, false)
  })

  test('zod: an error names the field, every one of them', async () => {
    const holdfast = await opened()
    const wrong = { mode: 'data', films: [{ year: 'x' }], at: {} }
    await assert.rejects(
      holdfast.submit('zod', wrong),
      (error: { code: string; message: string; details: { errors: { field: string }[] } }) => {
        assert.equal(error.code, 'invalid_input')
        assert.match(error.message, /films\.0\.year/)
        assert.deepEqual(error.details.errors.map(({ field }) => field).toSorted(), ['at', 'films.0.year'])
        return true
      },
    )
    await assert.rejects(holdfast.submit('zod', undefined), { code: 'invalid_input' })
  })

  test('a schema by hand, asynchronous', async () => {
    const holdfast = await opened()
    const { job } = await holdfast.submit('by-hand', '4')
    assert.deepEqual([job.input, job.command], [4, ['echo', '4']])
    await assert.rejects(holdfast.submit(byHand, 5), { code: 'invalid_input', message: 'Input rejected: the.number.3: must be even.' })
    await assert.rejects(holdfast.submit(byHand, 7), { message: 'Input rejected: the.number.3: It has to be even.' })
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  const unwritable: [string, unknown, string][] = [
    ['a function', () => 1, 'invalid_input'],
    ['a big number', 10n, 'invalid_input'],
    ['a circle', circular, 'invalid_input'],
    ['too large', 'x'.repeat(limits.inputBytes), 'payload_too_large'],
  ]
  for (const [name, input, code] of unwritable)
    test(`what JSON cannot say is refused with a code: ${name}`, async () => {
      await assert.rejects((await opened()).submit('any', input), { code })
    })

  test('no input is null', async () => {
    assert.equal((await (await opened()).submit('any', undefined)).job.input, null)
  })

  test('nothing is written when it is refused', async () => {
    const holdfast = await opened()
    const before = await holdfast.count()
    await assert.rejects(holdfast.submit('zod', { mode: 'x' }))
    await assert.rejects(holdfast.submit('nobody', null), { code: 'unknown_kind', message: /nobody.*Known kinds:.*zod/ })
    await assert.rejects(holdfast.submit('any', null, { name: 'x'.repeat(201) }), { code: 'invalid_input', message: /name/ })
    await assert.rejects(holdfast.submit('any', null, { submittedBy: 'x'.repeat(201) }), { code: 'invalid_input', message: /submittedBy/ })
    assert.deepEqual(await holdfast.count(), before)
  })

  test('I1: what a definition’s functions return is checked too, with the field’s name', async () => {
    const wrong = { unique: undefined, fingerprint: 7, name: 7, command: ['a', 3] }
    for (const [field, value] of Object.entries(wrong)) {
      const definition = { kind: `bad-${field}`, command: ['true'], [field]: () => value } as unknown as JobOptions<null>
      const holdfast = await open([defineJob(definition)], { runner: false })
      await assert.rejects(holdfast.submit(definition.kind, null), { name: 'HoldfastError', message: new RegExp(field) }, field)
    }
  })
})

describe('definitions and options', () => {
  const wrong: [string, object, RegExp][] = [
    ['kind', { kind: 'a b', command: ['x'] }, /kind/],
    ['neither', { kind: 'a' }, /command, module or run/],
    ['both', { kind: 'a', command: ['x'], module: 'x.ts' }, /command, module or run/],
    ['empty', { kind: 'a', command: [] }, /command/],
    ['artifact', { kind: 'a', command: ['x'], artifacts: ['ok', '../up'] }, /artifacts.*\.\.\/up/],
    ['artifact twice', { kind: 'a', command: ['x'], artifacts: ['one', 'one'] }, /artifacts/],
    ['grace', { kind: 'a', command: ['x'], stopGraceMs: -1 }, /stopGraceMs/],
    ['grace is no number', { kind: 'a', command: ['x'], stopGraceMs: Number.NaN }, /stopGraceMs/],
  ]
  for (const [name, options, message] of wrong)
    test(`refused by name: ${name}`, () => {
      assert.throws(() => defineJob(options as JobOptions<null>), { code: 'invalid_config', message })
    })

  test('two kinds with one name, slots that are none, pages out of range', async () => {
    const kind = defineJob({ kind: 'twice', command: ['true'] })
    await assert.rejects(open([kind, kind]), { code: 'invalid_config', message: /twice/ })
    for (const slots of [0, -1, 1.5, Number.NaN])
      await assert.rejects(open([], { runner: { slots } }), { code: 'invalid_config', message: /slots/ })
    const holdfast = await open([], { runner: false })
    for (const limit of [0, 201, 1.5]) await assert.rejects(holdfast.list({ limit }), { code: 'invalid_request', message: /limit/ })
    assert.deepEqual((await holdfast.list({ state: [] })).jobs, [])
  })

  test('a data folder that cannot be is refused with its name', async () => {
    await assert.rejects(openHoldfast({ data: '/dev/null/data' }), { code: 'data_folder', message: /\/dev\/null\/data/ })
  })
})

describe('the data folder rule', () => {
  const top = temporaryFolder('rule')
  mkdirSync(join(top, '.holdfast'))
  mkdirSync(join(top, 'app', 'deep'), { recursive: true })
  const bare = temporaryFolder('bare')
  const cases: [string, Partial<Parameters<typeof findDataFolder>[0]>, string][] = [
    ['what is named wins', { named: 'here', environment: { HOLDFAST_DATA: '/env' } }, join(top, 'app', 'here')],
    ['then HOLDFAST_DATA', { environment: { HOLDFAST_DATA: '../env' } }, join(top, 'env')],
    ['an empty HOLDFAST_DATA is none', { environment: { HOLDFAST_DATA: '' } }, join(top, '.holdfast')],
    ['then the nearest .holdfast upwards', { cwd: join(top, 'app', 'deep') }, join(top, '.holdfast')],
    ['else here, for the library', { cwd: bare }, join(bare, '.holdfast')],
    ['else the state folder, for the CLI', { cwd: bare, fallback: 'state', environment: { XDG_STATE_HOME: '/state' } }, '/state/holdfast'],
    [
      'a relative state folder is ignored',
      { cwd: bare, fallback: 'state', environment: { XDG_STATE_HOME: 'state' } },
      join(homedir(), '.local/state/holdfast'),
    ],
  ]
  for (const [name, given, expected] of cases)
    test(name, () => assert.equal(findDataFolder({ cwd: join(top, 'app'), environment: {}, fallback: 'here', ...given }), expected))

  test('dataFolder tells before it is open what openHoldfast opens', async () => {
    const holdfast = await open([], { data: join(top, 'app', 'named'), runner: false })
    assert.equal(holdfast.data, dataFolder(join(top, 'app', 'named')))
    assert.equal(dataFolder(), findDataFolder({ cwd: process.cwd(), environment: process.env, fallback: 'here' }))
  })
})
