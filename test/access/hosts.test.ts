// DNS rebinding: more than 200 ways to write a host that is not ours, over a real socket; none of them is answered, on any sort of route.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { openServer, quiet } from '../http/open-server.ts'

let server: Awaited<ReturnType<typeof openServer>>
let signing: Listening
before(async () => {
  server = await openServer({ allowedHosts: ['jobs.example'], logger: quiet })
  signing = await listen(createHandler(server.holdfast, { signIn: true, allowedHosts: ['jobs.example'], logger: quiet }), { port: 0 })
})
after(async () => {
  await signing.close()
  await server.close()
})

const ours = ['localhost', '127.0.0.1', '[::1]', 'jobs.example']

/** Names of others that have one of ours in them, and ours with something around them. */
const disguised = ours.flatMap((name) => [
  `${name}.evil.example`,
  `evil.example.${name}.evil.example`,
  `evil-${name}.example`,
  `${name}@evil.example`,
  `evil.example@${name}`,
  `${name}:80@evil.example`,
  `evil.example#${name}`,
  `evil.example/${name}`,
  `evil.example?${name}`,
  `evil.example\\${name}`,
  `${name}/`,
  `${name}.`,
  `${name}..`,
  `.${name}`,
  `x${name}`,
  `${name}x`,
  `${name},evil.example`,
  `${name}, evil.example`,
  `evil.example,${name}`,
  `${name} evil.example`,
  `${name};evil.example`,
  `${name}%00.evil.example`,
  `${name}%2eevil.example`,
  `%${name}`,
  `${name}:`,
  `${name}:port`,
  `${name}:-1`,
  `${name}:999999`,
  `${name}:80:80`,
  `${name}::`,
  `http://${name}`,
  `//${name}`,
  `"${name}"`,
  `'${name}'`,
  `<${name}>`,
  `(${name})`,
  `${name}\t`.concat('evil'),
  `${name}\u00a0`,
  `${name}\u200b`,
  `${name.replaceAll('.', '\u3002')}x`,
])

/** Other spellings of loopback and of nothing, which resolvers take and we do not. */
const spelled = [
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.nip.io',
  '127-0-0-1.example',
  '127.0.0.256',
  '127.0.0.1.1',
  '127.0.0',
  '0',
  '0.0.0.0.',
  '::1',
  '::',
  '[::1',
  '::1]',
  '[::1]]',
  '[[::1]]',
  '[::1]evil',
  '[::1%25lo]',
  '[::1%lo]',
  '[localhost]',
  '[127.0.0.1]',
  '[v1.evil]',
  '[]',
  'localhost6',
  'localhost.localdomain',
  'localhost.local',
  'ip6-localhost',
  'loopback',
  'lοcalhost',
  'ⓛocalhost',
  'localhost'.split('').join('\u200d'),
  '*',
  '*.localhost.evil.example',
  '-',
  '_',
  '.',
  '..',
  'evil',
  'evil.example',
  'EVIL.EXAMPLE',
  'xn--lclhost-9kf.example',
  'a'.repeat(300),
  `${'a.'.repeat(200)}localhost.evil`,
]

test('more than 200 forms of a host that is not ours are refused', async () => {
  const forms = [...new Set([...disguised, ...spelled])]
  assert.ok(forms.length >= 200, `${forms.length} forms`)
  const answered: string[] = []
  for (const form of forms)
    for (const { url } of [server, signing]) {
      const status = await statusOf(url, `GET /api/v1/session HTTP/1.1\r\nHost: ${form}\r\nConnection: close\r\n\r\n`)
      // 400: no host at all, says node itself.
      if (status !== 421 && status !== 400) answered.push(`${JSON.stringify(form)} → ${status}`)
    }
  assert.deepEqual(answered, [])
})

test('what proxies say of the host is not believed of others; two hosts, or none, are refused', async () => {
  for (const head of [
    'Host: evil.example\r\nX-Forwarded-Host: localhost',
    'Host: evil.example\r\nForwarded: host=localhost',
    'Host: evil.example\r\nX-Host: localhost\r\nX-Original-Host: localhost',
    'Host: localhost\r\nHost: evil.example',
    'Host: evil.example\r\nHost: localhost',
    'X-Nothing: 1',
  ]) {
    const status = await statusOf(server.url, `GET /api/v1/session HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`)
    assert.ok(status === 421 || status === 400, `${head} → ${status}`)
  }
})

test('an address in the request line does not replace the host', async () => {
  const status = await statusOf(
    server.url,
    'GET http://localhost/api/v1/session HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
  )
  assert.ok(status === 421 || status === 400, String(status))
})

test('our own names are answered, in any case and with any port; plain addresses where people sign in', async () => {
  const ask = (url: string, host: string) => statusOf(url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  for (const name of [...ours, 'app.localhost'])
    for (const host of [name, name.toUpperCase(), `${name}:1`, `${name}:65535`])
      for (const { url } of [server, signing]) assert.equal(await ask(url, host), 200, host)
  for (const address of ['192.168.1.7', '10.0.0.1:4747', '[2001:db8::7]:80', '[fe80::1]']) {
    assert.equal(await ask(signing.url, address), 200, 'nobody can point an address at another machine')
    assert.equal(await ask(server.url, address), 421)
  }
})

function statusOf(url: string, head: string): Promise<number | null> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head))
    let answer = ''
    socket.setEncoding('latin1').on('data', (text) => (answer += text))
    socket.on('error', reject).on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? Number.NaN) || null))
  })
}
