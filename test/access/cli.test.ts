// `holdfast user`, `token` and `up` as a shell sees them: passwords from stdin, a token alone on stdout, who is let in by which address.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../contract/temporary.ts'

const program = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))
const folder = temporaryFolder('access-cli')
const children: ReturnType<typeof spawn>[] = []
after(() => children.forEach((child) => void child.kill()))

function start(args: string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, NO_COLOR: '1', ...environment }
  const child = spawn(process.execPath, ['--conditions=holdfast-source', program, ...args], { env })
  children.push(child)
  return child
}

async function holdfast(args: string[], input = '', environment = {}): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(args, environment)
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (texts.out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (texts.err += text))
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

async function up(args: string[], environment: Record<string, string> = {}) {
  const child = start(['up', '--port', '0', '--json', ...args], environment)
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (told += text))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  return {
    url,
    told: () => told,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

const jobs = async (url: string, headers: Record<string, string> = {}) => (await fetch(`${url}/api/v1/jobs`, { headers })).status

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
