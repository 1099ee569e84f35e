// Runs the real tools again and says what they write now: `node test/failures/make.ts corpus [name…] [--write]`.
// Needs the tools and root (some cases become another user); the tests need neither.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { constants, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { signalOfExitCode } from '../../src/core/failure.ts'
import type { Stream } from '../../src/core/job.ts'
import { limits } from '../../src/core/limits.ts'
import { type Case, type RecordedLine, type Recording, readRecording, written } from './case.ts'

const root = '/tmp/holdfast-failures'
const repository = fileURLToPath(new URL('../../', import.meta.url))
const [set = 'corpus', ...rest] = process.argv.slice(2)
const write = rest.includes('--write')
const names = rest.filter((name) => name !== '--write')
const folder = fileURLToPath(new URL(`./${set}/`, import.meta.url))
const cases = await casesOf(set)

// What differs from machine to machine, and what a job does not have: no terminal, no colour asked for, no proxy.
const kept = {
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONUNBUFFERED: '1',
  NODE_OPTIONS: '',
  http_proxy: '',
  https_proxy: '',
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  npm_config_registry: 'http://127.0.0.1:47811/',
  npm_config_fetch_retries: '0',
  npm_config_update_notifier: 'false',
  PIP_INDEX_URL: 'http://127.0.0.1:47811/',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  RUSTUP_HOME: join(homedir(), '.rustup'),
  CARGO_HOME: join(homedir(), '.cargo'),
  GOFLAGS: '',
  GOPROXY: 'off',
  GOCACHE: '/tmp/holdfast-failures-go',
}

const server = createServer((_request, response) => response.writeHead(404).end('nothing here\n')).listen(47811, '127.0.0.1')
const counts = { same: 0, changed: 0, added: 0 }
for (const given of cases) if (names.length === 0 || names.includes(given.name)) counts[keep(given, await record(given))]++
server.close()
rmSync(root, { recursive: true, force: true })
console.log(counts)

async function casesOf(name: string): Promise<Case[]> {
  if (name === 'unseen') return (await import('./cases/unseen.ts')).unseen
  if (name === 'unseen-second') return (await import('./cases/unseen-second.ts')).unseenSecond
  const [{ languages }, { shells }, { tools }] = await Promise.all([
    import('./cases/languages.ts'),
    import('./cases/shells.ts'),
    import('./cases/tools.ts'),
  ])
  return [...languages, ...shells, ...tools]
}

async function record(given: Case): Promise<Recording> {
  const cwd = join(root, given.name)
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  for (const [path, text] of Object.entries(given.files ?? {})) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
  const env = { ...process.env, ...kept, HOME: root, ...given.env }
  if (given.prepare !== undefined) spawnSync('sh', ['-c', given.prepare], { cwd, env, stdio: 'ignore' })
  const lines: RecordedLine[] = []
  const end = await ended(given, { cwd, env }, lines)
  return { name: given.name, command: shown(given.run), program: given.run[0] ?? '', ...end, expected: null, lines: handedIn(lines) }
}

type End = Pick<Recording, 'exitCode' | 'signal'>

function ended(given: Case, options: { cwd: string; env: NodeJS.ProcessEnv }, lines: RecordedLine[]): Promise<End> {
  const [program = '', ...values] = given.run
  // Through a shell, as the launcher's shim does: it says itself what it could not start, and not what it was ended by.
  const child = spawn('sh', ['-c', 'exec 7>&2 2>/dev/null; (exec "$@" 2>&7 7>&-)', 'sh', program, ...values], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of ['stdout', 'stderr'] as const) collect(child[stream], stream, lines)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      resolve({ exitCode, signal: signalOfExitCode(exitCode) })
    })
  })
}

function collect(from: NodeJS.ReadableStream, stream: Stream, lines: RecordedLine[]): void {
  let rest = ''
  const keepLine = (text: string) => lines.push({ stream, text: text.replaceAll(repository, '/app/') })
  from.setEncoding('utf8')
  from.on('data', (text: string) => {
    const whole = `${rest}${text}`.split('\n')
    rest = whole.pop() ?? ''
    whole.forEach(keepLine)
  })
  from.on('end', () => rest !== '' && keepLine(rest))
}

// As `src/runner/settle.ts` does.
function handedIn(lines: RecordedLine[]): RecordedLine[] {
  const last = new Set(['stdout', 'stderr'].flatMap((stream) => lines.filter((l) => l.stream === stream).slice(-limits.failureRead)))
  return lines.filter((line) => last.has(line))
}

function keep(given: Case, made: Recording): 'same' | 'changed' | 'added' {
  const path = join(folder, `${given.name}.txt`)
  const before = existsSync(path) ? readRecording(given.name, readFileSync(path, 'utf8')) : null
  const same = before !== null && comparable(before) === comparable(made)
  if (!same) console.log(`${before ? 'changed' : 'added'}: ${given.name}, exit ${made.exitCode}`)
  if (!same && write) writeFileSync(path, written({ ...made, expected: before?.expected ?? null }))
  if (before === null) return 'added'
  return same ? 'same' : 'changed'
}

// Numbers are process ids, times and addresses: they are different each time and say nothing.
function comparable(recording: Recording): string {
  return written({ ...recording, expected: null }).replace(/0x[\da-f]+|\d+/g, '0')
}

function shown(run: readonly string[]): string {
  return run.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll('\n', ' ')}'`)).join(' ')
}
