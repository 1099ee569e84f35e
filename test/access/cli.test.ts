// `holdfast user` and `token` as a shell sees them: passwords from stdin, a token alone on stdout. Who is let in by which address: cli.long.test.ts.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, holdfast, jobs, up } from './command.ts'

test('users and tokens are kept in a terminal, and let in what they should', async () => {
  const data = join(folder, 'kept')
  const place = ['--data', data]
  const none = await holdfast(['user', 'add', 'Ana', ...place], 'correct horse battery\n')
  assert.deepEqual([none.code, none.err], [2, "holdfast: required option '--role <role>' not specified\n"])
  const short = await holdfast(['user', 'add', 'Ana', '--role', 'admin', ...place], 'short\n')
  assert.deepEqual([short.code, /at least 10 characters/.test(short.err)], [2, true])
  assert.equal(
    (await holdfast(['user', 'add', 'Ana', '--role', 'admin', ...place], 'correct horse battery\n')).out,
    'Ana can sign in as admin.\n',
  )
  assert.match((await holdfast(['user', 'list', ...place])).out, /^NAME {2}ROLE.*\nAna +admin/)
  const token = await holdfast(['token', 'add', 'grafana', '--role', 'viewer', '--expires', '90d', ...place])
  assert.match(token.out, /^hf_[\w-]{43}\n$/, 'nothing but the token is on stdout')
  assert.equal((await holdfast(['user', 'role', 'ana', 'viewer', ...place])).code, 4)
  assert.equal((await holdfast(['token', 'add', 'x', '--role', 'root', ...place])).code, 2)

  const server = await up(place)
  assert.equal(await jobs(server.url), 401, 'there is a user, so everybody signs in')
  assert.equal(await jobs(server.url, { authorization: `Bearer ${token.out.trim()}` }), 200)
  assert.equal((await holdfast(['token', 'remove', '1', ...place])).out, 'Token 1 is revoked.\n')
  await server.stop()
})
