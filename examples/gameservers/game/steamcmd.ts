// The game from Steam, by Valve's SteamCMD. It says how far it is in lines of its own, which are read here, and ends with 0 also where it
// has failed: only its last words count. Every failure but "you do not own it" is worth another try.
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { doNotRetry } from 'holdfast/job'
import { CommandFailed, runCommand } from './command.ts'
import { writeRuntime } from './runtime.ts'
import type { Source, Watch } from './sources.ts'

/** Teeworlds on Steam. */
const app = 380840

const program = process.env.GAMESERVERS_STEAMCMD ?? 'steamcmd'

/** SteamCMD keeps what it has downloaded, also of a try that broke off, and fetches what is new only. Nobody is served from here. */
const work = join(process.env.GAMESERVERS_CACHE ?? fileURLToPath(new URL('../.cache', import.meta.url)), `steam-${app}`)

export const steamcmd: Source = {
  title: 'SteamCMD',
  async install(folder, watch) {
    await mkdir(work, { recursive: true })
    watch.phase('Connect', { index: 1, of: 3 })
    const seen = { isInstalled: false, build: 'newest', phase: 'Connect' }
    const steam = [program, '+force_install_dir', work, '+login', 'anonymous', '+app_update', String(app), 'validate', '+quit']
    const failure = await runCommand(onTerminal(steam), { signal: watch.signal, line: (text) => read(text, seen, watch) }).then(
      () => null,
      (error: unknown) => (error instanceof CommandFailed ? error : Promise.reject(error)),
    )
    watch.signal.throwIfAborted()
    if (failure !== null || !seen.isInstalled) throw why(failure, seen)
    watch.phase('Copy', { index: 3, of: 3 })
    await cp(work, folder, { recursive: true })
    await writeRuntime(folder, { from: 'Steam', version: seen.build, program: 'teeworlds_srv', data: 'data' })
  },
}

interface Seen {
  isInstalled: boolean
  build: string
  phase: string
  /** Its own words for what went wrong. */
  error?: string
}

/** Of a pipe it fills a buffer before it writes; on a terminal each line comes at once. */
function onTerminal(argv: string[]): string[] {
  return ['script', '-q', '-e', '-f', '-c', argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '), '/dev/null']
}

/** One line of SteamCMD: into phases and amounts, and into the log as it is. */
function read(line: string, seen: Seen, watch: Watch): string | null {
  const text = line.replaceAll(ansi, '').replaceAll('\r', '').trim()
  const step = /Update state \(0x[0-9a-f]+\) ([^,]+), progress: [\d.]+ \((\d+) \/ (\d+)\)/.exec(text)
  if (step) {
    const [, state = '', done, total] = step
    if (seen.phase !== 'Download') watch.phase('Download', { index: 2, of: 3 })
    seen.phase = 'Download'
    if (state === 'downloading') watch.progress({ done: megabytes(done), total: megabytes(total), unit: 'MB', message: state })
  }
  if (/^Success! App '\d+' (fully installed|already up to date)/.test(text)) seen.isInstalled = true
  if (/(^|[ .])(FAILED|E(rror|RROR)!)/.test(text)) seen.error = text
  return text === '' ? null : text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told begins with one.
const ansi = /\u001b\[[\d;]*[A-Za-z]/g

const megabytes = (bytes: string | undefined): number => Math.round(Number(bytes) / 100_000) / 10

function why(failure: CommandFailed | null, { error }: Seen): Error {
  if (failure?.exitCode === 127) return doNotRetry(`${program} is not installed: get SteamCMD, or install from Debian’s packages.`)
  const message = error ?? 'SteamCMD ended without saying that the game is installed.'
  if (/No subscription|Invalid platform/i.test(message)) return doNotRetry(message)
  return Object.assign(new Error(message), { exitCode: failure?.exitCode ?? 1 })
}
