// What the tests of this folder share: the machine's Python, and scripts of the moment run by it without any runner.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEvent } from '../../src/core/progress.ts'
import { ensurePython } from '../../tools/python.ts'
import { temporaryFolder } from '../contract/temporary.ts'

export const python = ensurePython()
export const detector = fileURLToPath(new URL('./detector.py', import.meta.url))
export const client = fileURLToPath(new URL('../../clients/python', import.meta.url))

// What is compiled once is not compiled by each of many short programs.
const compiled = temporaryFolder('python-compiled')

// Some machines export it, and would hide that we have to.
delete process.env.PYTHONUNBUFFERED

export interface Ran {
  status: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  args?: string[]
  stdin?: string
  cwd?: string
  environment?: Record<string, string>
  /** What follows the interpreter instead of `-c SCRIPT`. */
  argv?: string[]
}

/** Runs a script to its end, with holdfast.py to be found and nothing else of Holdfast around it. */
export function runScript(script: string, { args = [], stdin = '', cwd, environment = {}, argv }: RunOptions = {}): Promise<Ran> {
  const env = { PATH: process.env.PATH, PYTHONPATH: client, PYTHONPYCACHEPREFIX: compiled, ...environment }
  const options = { env, cwd, encoding: 'utf8', timeout: 30_000, maxBuffer: 64 * 1_048_576 } as const
  return new Promise((resolve) => {
    const child = execFile(python, argv ?? ['-c', script, ...args], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      resolve({ status, stdout, stderr })
    })
    child.stdin?.end(stdin)
  })
}

export interface Said extends Ran {
  /** Lines of the events file without their time. */
  said: Record<string, unknown>[]
}

/** Runs a script as a job is run, in a folder laid out by hand, and returns what it said. */
export async function runAsJob(folder: string, script: string, options: RunOptions & { input?: unknown } = {}): Promise<Said> {
  const environment = { ...layOut(folder, options.input), ...options.environment }
  return { ...(await runScript(script, { ...options, environment })), said: saidIn(folder) }
}

/** The same for several scripts, each in a fork of one interpreter: an interpreter is slow to start. */
export async function runAllAsJobs(folder: string, scripts: readonly string[]): Promise<Said[]> {
  const folders = scripts.map((_, number) => join(folder, String(number)))
  const cases = scripts.map((script, number) => ({ script, environment: layOut(folders[number] ?? '', null) }))
  const ran = await runScript(forkEach, { stdin: JSON.stringify(cases) })
  if (ran.status !== 0) throw new Error(ran.stderr)
  const statuses = JSON.parse(ran.stdout) as number[]
  return folders.map((own, number) => ({
    status: statuses[number] ?? null,
    stdout: readFileSync(join(own, 'stdout'), 'utf8'),
    stderr: readFileSync(join(own, 'stderr'), 'utf8'),
    said: saidIn(own),
  }))
}

const forkEach = `
import json, os, sys
script, children = None, []
for case in json.load(sys.stdin):
    child = os.fork()
    if child == 0:
        os.environ.update(case["environment"])
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(os.path.join(os.environ["HOLDFAST_DIR"], name), os.O_WRONLY | os.O_CREAT, 0o600), number)
        script = case["script"]
        break
    children.append(child)
if script is None:
    ended = [os.waitpid(child, 0)[1] for child in children]
    print([os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status) for status in ended])
else:
    exec(script)
`

function layOut(folder: string, input: unknown): Record<string, string> {
  mkdirSync(join(folder, 'staging', 'index'), { recursive: true })
  writeFileSync(join(folder, 'input.json'), JSON.stringify(input ?? null))
  return {
    HOLDFAST_JOB_ID: '42',
    HOLDFAST_ATTEMPT: '2',
    HOLDFAST_DIR: folder,
    HOLDFAST_INPUT: join(folder, 'input.json'),
    HOLDFAST_EVENTS: join(folder, 'events'),
    HOLDFAST_CHECKPOINT: join(folder, 'checkpoint.json'),
    HOLDFAST_STAGING: join(folder, 'staging'),
  }
}

/** Lines of the events file without their time. */
function saidIn(folder: string): Record<string, unknown>[] {
  const events = join(folder, 'events')
  const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n').slice(0, -1) : []
  for (const line of lines) if (!parseEvent(line)) throw new Error(`not understood: ${line.slice(0, 200)}`)
  return lines.map((line) => JSON.parse(line)).map(({ at: _, ...event }) => event)
}
