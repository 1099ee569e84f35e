// What the options of `holdfast up` come to, and which of them cannot be meant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHandler } from '../../http/index.ts'
import type { Holdfast } from '../../supervisor/holdfast.ts'
import { accessOf, type UpOptions } from './up.ts'

const options = (given: Partial<UpOptions> = {}): UpOptions => ({ port: '4747', host: '127.0.0.1', ...given })

test('it is open here until there is a user, and from elsewhere never', () => {
  const signInOf = (given: Partial<UpOptions>) => accessOf(options(given)).signIn
  for (const host of ['127.0.0.1', '127.0.0.2', 'localhost', '::1']) assert.deepEqual(signInOf({ host }), { openUntilSetUp: true })
  for (const given of [{ host: '0.0.0.0' }, { host: '::' }, { host: 'box.lan' }, { signIn: true }, { signIn: '1' }])
    assert.deepEqual(signInOf(given), { openUntilSetUp: false })
  assert.deepEqual(signInOf({ signIn: '0' }), { openUntilSetUp: true })
  assert.deepEqual(accessOf(options({ unprotected: true })), { unprotected: true, trustedProxies: [], allowedHosts: [] })
})

test('a name that it listens on is one it answers to', () => {
  assert.deepEqual(accessOf(options({ host: 'box.lan', allowHost: 'jobs.example, jobs.lan' })).allowedHosts, [
    'jobs.example',
    'jobs.lan',
    'box.lan',
  ])
})

test('a proxy that signs people in', () => {
  const given = {
    trustedProxies: '10.0.0.1,10.1.0.0/16',
    userHeader: 'remote-user',
    groupsHeader: 'remote-groups',
    groupRoles: 'admins=admin, *=viewer',
  }
  const forwardAuth = { userHeader: 'remote-user', groupsHeader: 'remote-groups', roles: { admins: 'admin', '*': 'viewer' } }
  assert.deepEqual(accessOf(options(given)), {
    trustedProxies: ['10.0.0.1', '10.1.0.0/16'],
    allowedHosts: [],
    signIn: { openUntilSetUp: false, forwardAuth },
  })
})

test('what cannot be meant is refused, and named', () => {
  const holdfast = { access: {} } as Holdfast
  for (const [given, sentence] of [
    [{ trustedProxies: 'proxy.lan' }, /trustedProxies holds "proxy.lan"/],
    [{ userHeader: 'remote-user', groupRoles: '*=viewer' }, /forwardAuth needs trustedProxies/],
    [{ userHeader: 'remote-user', trustedProxies: '10.0.0.1' }, /forwardAuth.roles must say/],
    [{ groupsHeader: 'remote-groups' }, /need --user-header/],
    [{ groupRoles: 'admins=boss', userHeader: 'u', trustedProxies: '10.0.0.1' }, /"boss", but must be viewer, operator or admin/],
    [{ groupRoles: 'admins', userHeader: 'u', trustedProxies: '10.0.0.1' }, /role is missing/],
    [{ allowHost: 'https://jobs.example' }, /allowedHosts holds "https:/],
    [{ unprotected: true, signIn: true }, /only one of them/],
    [{ unprotected: true, userHeader: 'u', trustedProxies: '10.0.0.1', groupRoles: '*=viewer' }, /only one of them/],
    [{ signIn: 'perhaps' }, /HOLDFAST_SIGN_IN is "perhaps", but must be 1 or 0/],
    [{ unprotected: 'x' }, /HOLDFAST_UNPROTECTED is "x"/],
  ] as const)
    assert.throws(() => createHandler(holdfast, accessOf(options(given))), sentence, JSON.stringify(given))
})
