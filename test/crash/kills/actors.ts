// Processes with a data folder of their own, to be killed and frozen; and a look at the folder from beside. Whatever is left of them is gone after the file's tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Holdfast, openHoldfast } from '../../../src/index.ts'
import { isLiving } from '../../contract/launched.ts'
import { temporaryFolder, until } from '../../contract/temporary.ts'
import type { ActorOptions, Says, Told } from './actor.ts'
import { kinds } from './kinds.ts'

export interface Actor {
  process: ChildProcess
  tell(what: Told): void
  /** Submits a job and returns its number once it was acknowledged. */
  submit(script: string, kind?: string): Promise<number>
  /** Resolves when the process is gone. */
  kill(): Promise<void>
}

const program = fileURLToPath(new URL('actor.ts', import.meta.url))
const ignored = { info() {}, warn() {}, error() {} }

export function openActors(name: string) {
  const actors: Actor[] = []
  const lookers: Holdfast[] = []
  // Before the folder is made, so that it is still there when this runs.
  after(async () => {
    for (const { process: child } of actors) child.kill('SIGCONT')
    for (const actor of actors) await actor.kill()
    for (const looker of lookers) await looker.close()
    for (const pid of membersOf(root)) signalled(pid, 'SIGKILL')
  })
  const root = temporaryFolder(name)

  /** A folder of its own for a test. */
  function scene(title: string) {
    const data = join(root, title, 'data')
    return {
      data,
      folder: join(root, title),
      start: (runner: ActorOptions['runner'] = { slots: 4 }) => start({ data, runner }),
      /** Somebody who looks, submits and cancels, and never executes. */
      async look(): Promise<Holdfast> {
        const looker = await openHoldfast({ data, kinds, runner: false, logger: ignored })
        lookers.push(looker)
        return looker
      },
    }
  }

  async function start(options: ActorOptions): Promise<Actor> {
    const child = spawn(process.execPath, ['--conditions=holdfast-source', program, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Half of its start would be compiling.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-crash-compiled') },
    })
    const actor: Actor = {
      process: child,
      tell: (what) => void child.send(what),
      async submit(script, kind = 'shell') {
        const answered = once(child, 'message')
        child.send({ submit: { kind, script } } satisfies Told)
        const [says] = (await answered) as [Exclude<Says, 'open'>]
        return says.submitted
      },
      async kill() {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      },
    }
    actors.push(actor)
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('a process that should have opened Holdfast ended by itself')))
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return actor
  }

  return { root, scene }
}

/** Folder of a job's attempt. */
export function attemptFolder(data: string, jobId: number, attempt = 1): string {
  const attempts = join(data, 'attempts')
  const name = readdirSync(attempts).find((folder) => folder.startsWith(`${jobId}-${attempt}-`))
  if (!name) throw new Error(`no folder of attempt ${attempt} of job ${jobId}`)
  return join(attempts, name)
}

/** Living processes of jobs: of all whose data folder is under a path, or of the one attempt that has this folder. The tests' own look at /proc. */
export function membersOf(path: string): number[] {
  const isOfIt = (variable: string) => variable === `HOLDFAST_DIR=${path}` || variable.startsWith(`HOLDFAST_DIR=${path}/`)
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isLiving(pid) && environmentOf(pid).split('\0').some(isOfIt))
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

/** The shim of an attempt: the one member that leads a session. */
export function shimOf(folder: string): number {
  const leader = membersOf(folder).find(leadsItsSession)
  if (leader === undefined) throw new Error(`no shim of ${folder}`)
  return leader
}

export function leadsItsSession(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]) === pid
  } catch {
    return false
  }
}

/** Waits until the job has written so many lines to stdout, and returns their text. */
export function written(holdfast: Holdfast, id: number, count: number): Promise<string[]> {
  return until(`${count} lines of job ${id}`, async () => {
    const { lines } = await holdfast.log(id, { stream: ['stdout'], limit: 5_000 })
    return lines.length >= count ? lines.map(({ text }) => text) : null
  })
}

/** Sends the signal, unless it has ended since it was seen: a job's shell has children for some milliseconds. */
export function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
