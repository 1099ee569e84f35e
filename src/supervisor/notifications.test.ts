// Whom an app tells of jobs, as it says it at opening: refused by name where it is wrong, stored where it is right, and not switched on again by a restart.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { HoldfastError } from '../core/errors.ts'
import { type OpenOptions, openHoldfast } from './open-holdfast.ts'

const data = temporaryFolder('notify-options')
const logger = { info() {}, warn() {}, error() {} }
const ops = { name: 'ops', type: 'webhook', url: 'https://example.com/hook' } as const

const refused = async (options: object): Promise<string> => {
  const opened = openHoldfast({ data, runner: false, logger, ...(options as OpenOptions) })
  return opened.then(
    (holdfast) => holdfast.close().then(() => 'not refused'),
    (error) => `${error instanceof HoldfastError ? error.code : error} ${error.details?.field}`,
  )
}

test('what is no target, no address and no secret is refused by its field', async () => {
  assert.equal(await refused({ notify: ops }), 'invalid_config notify')
  assert.equal(await refused({ notify: [{ ...ops, url: 'example.com' }] }), 'invalid_input url')
  assert.equal(await refused({ notify: [{ ...ops, colour: 'red' }] }), 'invalid_input colour')
  assert.equal(await refused({ notify: [{ ...ops, events: ['cancelled'] }] }), 'invalid_input events')
  assert.equal(await refused({ publicUrl: 'jobs.example.com' }), 'invalid_config publicUrl')
  assert.equal(await refused({ publicUrl: 'https://jobs.example.com/?a=1' }), 'invalid_config publicUrl')
  for (const secrets of ['hunter2', [7], ['x'.repeat(9_000)], new Array(201).fill('secret')])
    assert.equal(await refused({ secrets }), 'invalid_config secrets')
  assert.equal(await refused({ notify: [ops], secrets: ['hunter2hunter2'], publicUrl: 'https://jobs.example.com/x' }), 'not refused')
})

test('a secret that is refused is not told', async () => {
  const secret = 'hunter2hunter2'.repeat(700)
  await assert.rejects(openHoldfast({ data, runner: false, secrets: [secret] }), (error: Error) => !error.message.includes('hunter2'))
})
