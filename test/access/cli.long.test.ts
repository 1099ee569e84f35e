// `holdfast up` as a shell sees it: who is let in by which address, and by what is said in the environment.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, holdfast, jobs, up } from './command.ts'

test('up is open here until there is a user, and closed elsewhere from the start', async () => {
  const open = await up(['--data', join(folder, 'open')])
  assert.deepEqual([await jobs(open.url), open.told()], [200, ''])
  await open.stop()
  for (const [args, environment] of [
    [['--host', '0.0.0.0'], {}],
    [['--trusted-proxies', '127.0.0.1'], {}],
    [[], { HOLDFAST_SIGN_IN: '1' }],
  ] as const) {
    const closed = await up([...args, '--data', join(folder, `closed-${args.join('')}`)], environment)
    assert.equal(await jobs(closed.url), 401)
    assert.match(closed.told(), /Make the first user at http:\/\/127\.0\.0\.1:\d+\/sign-in#code=[A-Z2-9]{10}\n/)
    await closed.stop()
  }
})

test('a variable that says no lets nobody in, and one that says neither is refused', async () => {
  const off = await up(['--sign-in', '--data', join(folder, 'off')], { HOLDFAST_UNPROTECTED: '0' })
  assert.equal(await jobs(off.url), 401, 'HOLDFAST_UNPROTECTED=0 is not unprotected')
  await off.stop()
  const empty = await up(['--data', join(folder, 'off')], {
    HOLDFAST_SIGN_IN: 'false',
    HOLDFAST_UNPROTECTED: '',
    HOLDFAST_HOST: '',
    HOLDFAST_USER_HEADER: '',
  })
  assert.equal(await jobs(empty.url), 200)
  await empty.stop()
  const { code, err } = await holdfast(['up', '--data', join(folder, 'off')], '', { HOLDFAST_UNPROTECTED: 'no' })
  assert.deepEqual([code, /HOLDFAST_UNPROTECTED is "no", but must be 1 or 0/.test(err)], [2, true])
})
