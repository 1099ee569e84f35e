// Host names and origins as attackers write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowedHost, isForged } from './origin.ts'

test('names of this machine are known, with any port', () => {
  for (const name of ['localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.8.9.10', '[::1]']) {
    for (const host of [name, `${name}:1`, `${name}:65535`]) assert.ok(isAllowedHost(host, new Set()), host)
  }
})

test('everything else is not, however much it looks alike', () => {
  const others = [
    '',
    ':80',
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost, evil.example',
    'localhost evil.example',
    'localhost.',
    'notlocalhost',
    '.localhost',
    '127.0.0.1.nip.io',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::1',
    '::1',
    '[::1]:80:80',
    '192.168.1.7',
    'localhost:port',
    'localhost:123456',
    'löcalhost',
    'jobs.example',
  ]
  for (const host of others) assert.equal(isAllowedHost(host, new Set()), false, host)
})

test('a name that was allowed is known exactly', () => {
  const allowed = new Set(['jobs.example'])
  for (const host of ['jobs.example', 'Jobs.Example:443']) assert.ok(isAllowedHost(host, allowed), host)
  for (const host of ['www.jobs.example', 'jobs.example.evil', 'jobs.example.']) assert.equal(isAllowedHost(host, allowed), false, host)
})

test('reading is never forged; changing is, unless browser or absence of one says otherwise', () => {
  const forged = (method: string, headers: Record<string, string>) =>
    isForged({ method, headers: new Headers({ host: 'localhost:4747', ...headers }) })
  for (const method of ['GET', 'HEAD', 'OPTIONS']) assert.equal(forged(method, { 'sec-fetch-site': 'cross-site' }), false)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    assert.equal(forged(method, {}), false)
    assert.equal(forged(method, { 'sec-fetch-site': 'same-origin' }), false)
    assert.equal(forged(method, { origin: 'http://localhost:4747' }), false)
    assert.equal(forged(method, { origin: 'https://LOCALHOST:4747' }), false, 'a proxy may have ended TLS')
    assert.equal(forged(method, { origin: 'http://localhost:4748' }), true)
    assert.equal(forged(method, { origin: 'null' }), true)
    assert.equal(forged(method, { 'sec-fetch-site': 'same-site', origin: 'http://localhost:4747' }), true)
    assert.equal(forged(method, { 'sec-fetch-site': 'anything new' }), true)
  }
})
