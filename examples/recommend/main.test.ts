// What `npm start` does: serves at once, builds the first index once, finds it again, and follows a rebuild that an earlier start left.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { filmsPath } from './index/films.ts'
import { portFrom, start } from './main.ts'
import { openSettings } from './settings.ts'

// These tests start the whole app, with its worker.
process.env.HOLDFAST_RUNNER = 'on'
const folder = mkdtempSync(join(tmpdir(), 'recommend-start-'))
const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const films = join(folder, 'films.json')
before(() => {
  const rows = (JSON.parse(readFileSync(filmsPath, 'utf8')) as Record<string, unknown>[]).filter(
    (row) => Number(row['IMDB Votes']) > 60_000,
  )
  writeFileSync(films, JSON.stringify(rows))
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function begin(data: string) {
  let text = ''
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  return { app: await start({ port: 0, data: join(folder, data), out, films }), printed: () => text }
}

test('the first start serves while it builds; the second finds the index and rebuilds nothing', { timeout: 30_000 }, async () => {
  const first = await begin('data')
  const page = await (await fetch(first.app.url)).text()
  assert.match(page, /The first index is being built|There is no index yet/)
  await first.app.ready
  assert.match(first.printed(), /succeeded, snapshot 1 published, \d+ films, [\d.]+ s\n$/)
  assert.equal((await fetch(new URL('/holdfast/', first.app.url))).status, 200)
  await first.app.close()

  const second = await begin('data')
  await second.app.ready
  assert.match(second.printed(), /Index 1 is in use, \d+ films\. Nothing to rebuild\.\n$/)
  assert.equal((await second.app.holdfast.list()).jobs.length, 1)
  await second.app.close()
})

test('kill -9 of the app leaves the rebuild running; the next start follows the same process to its end', { timeout: 60_000 }, async () => {
  const data = join(folder, 'left')
  openSettings(join(data, 'recommend')).save({ minVotes: 30_000, neighbours: 40, results: 12, variety: 35 })
  const killed = spawn(process.execPath, ['--conditions=holdfast-source', main, '--port=0'], {
    env: { ...process.env, HOLDFAST_DATA: data },
  })
  const url = await addressOf(killed.stdout)
  const pid = await pidOfRebuild(url)
  killed.kill('SIGKILL')
  await once(killed, 'exit')

  const second = await begin('left')
  await second.app.ready
  assert.match(second.printed(), /Rebuild 1 is running already; following it\.\n[\s\S]*succeeded, snapshot 1 published, 8\d\d films/)
  const { jobs } = await second.app.holdfast.list()
  const detail = await second.app.holdfast.detail(1)
  assert.equal(jobs.length, 1)
  assert.deepEqual(
    detail?.history.map((attempt) => attempt.pid),
    [pid],
  )
  await second.app.close()
})

async function addressOf(stdout: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += chunk
    const found = /^recommend +(\S+)$/m.exec(text)?.[1]
    if (found !== undefined) return found
  }
  throw new Error(`The app printed no address: ${text}`)
}

async function pidOfRebuild(url: string): Promise<number> {
  for (;;) {
    const { pid } = (await (await fetch(new URL('/rebuild', url))).json()) as { pid: number | null }
    if (pid !== null) return pid
  }
}

test('a port is a number or a sentence', () => {
  assert.deepEqual(portFrom(['--port', '5000'], {}), { port: 5000 })
  assert.deepEqual(portFrom([], { PORT: '5001' }), { port: 5001 })
  assert.deepEqual(portFrom([], {}), {})
  for (const wrong of ['x', '-1', '70000', '1.5', ''])
    assert.throws(() => portFrom([`--port=${wrong}`], {}), { code: 'invalid_config', message: /0 to 65535/ })
  assert.deepEqual(portFrom(['--port=5002'], { PORT: '1' }), { port: 5002 })
  for (const argv of [['--port'], ['--verbose'], ['x']])
    assert.throws(() => portFrom(argv, {}), { code: 'invalid_config', message: 'The only option is --port NUMBER.' })
})
