// The app as a process that is killed again and again, and started again on the same port and folder. Knows no jobs but their processes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface AppPlace {
  main: string
  data: string
  environment: Record<string, string>
}

const most = { startMs: 120_000, lines: 40 }

export type RunningApp = Awaited<ReturnType<typeof runApp>>

export async function runApp({ main, data, environment }: AppPlace) {
  const port = await freePort()
  const lines: string[] = []
  let child: ChildProcess | null = null
  let url = ''
  /** Grows with each start and each kill, so that it is odd while the app is there: what a user began in another era is cut off. */
  let era = 0

  async function start(): Promise<number> {
    const began = performance.now()
    const args = ['--conditions=holdfast-source', main, `--port=${port}`, `--data=${data}`]
    const env = { ...process.env, HOLDFAST_RUNNER: 'on', ...environment }
    const started = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    let said = ''
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-10_000)
        lines.push(...text.split('\n').filter(Boolean))
        lines.splice(0, lines.length - most.lines)
      })
    }
    const isUp = async () => {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? ''
      return (
        url !== '' &&
        (await fetch(url).then(
          ({ status }) => status < 500,
          () => false,
        ))
      )
    }
    while (!(await isUp())) {
      const end = endOf(started)
      if (end !== null) throw new Error(`the app ended with ${end} when it was started: ${lines.slice(-3).join(' | ')}`)
      if (performance.now() - began > most.startMs) throw new Error(`the app did not answer within ${most.startMs / 1000} s of its start`)
      await delay(50)
    }
    era++
    return performance.now() - began
  }

  /** With `everything` the processes of its jobs too, as when the machine loses its power. */
  async function kill(everything: boolean): Promise<void> {
    if (era % 2 === 1) era++
    const ended = child && endOf(child) === null ? once(child, 'exit') : Promise.resolve()
    child?.kill('SIGKILL')
    await ended
    if (everything) for (const pid of processesOf(data)) killQuietly(pid)
  }

  return {
    start,
    kill,
    url: () => url,
    era: () => era,
    isUp: () => era % 2 === 1,
    /** It has ended, and nobody killed it. */
    hasEnded: () => child !== null && endOf(child) !== null,
    /** How it ended, such as "SIGABRT". */
    end: () => child && endOf(child),
    /** What it said last. */
    lines: (): readonly string[] => lines,
  }
}

/** An exit code or a signal; null while it runs. */
function endOf({ exitCode, signalCode }: ChildProcess): number | string | null {
  return signalCode ?? exitCode
}

/** Processes that work for jobs of a data folder, or for one of them. */
export function processesOf(data: string, job?: number): number[] {
  return globSync('/proc/[0-9]*/environ').flatMap((path) => {
    const environment = environmentOf(path)
    const isIt = environment.includes(`HOLDFAST_DIR=${data}/`) && (job === undefined || environment.includes(`\0HOLDFAST_JOB_ID=${job}\0`))
    return isIt ? [Number(path.split('/')[2])] : []
  })
}

/** Empty, of a process that is gone or not ours. */
function environmentOf(path: string): string {
  try {
    return `\0${readFileSync(path, 'utf8')}\0`
  } catch {
    return ''
  }
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
