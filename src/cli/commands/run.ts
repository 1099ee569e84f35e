// holdfast run: a command as a job, with its output here and its life elsewhere.
import { once } from 'node:events'
import { limits } from '../../supervisor/amounts.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { frontDoor } from '../../supervisor/front-door.ts'
import type { Holdfast, Job } from '../../supervisor/holdfast.ts'
import type { Instance } from '../../supervisor/instance.ts'
import { closeInstance, openInstance } from '../../supervisor/open-instance.ts'
import { repair } from '../../supervisor/repair.ts'
import { type CommandToRun, runCommand, startCommand } from '../../supervisor/run-command.ts'
import { parseBytes, parseDuration } from '../amounts.ts'
import { duration, paint, stateWord, titleOf, userName } from '../output.ts'
import { dataOf, type Place, placeFlags, stderrLogger } from '../place.ts'

export interface RunOptions extends Place {
  detach?: boolean
  name?: string
  timeout?: string
  memory?: string
  cpu?: string
  leftovers?: string
  merge?: boolean
  logBytes?: string
}

/** Returns the exit code: the command's own, 125 when we failed, 126 and 127 as a shell, 130 when detached by Ctrl+C. */
export async function run(argv: string[], options: RunOptions): Promise<number> {
  const bounds = boundsOf(options)
  const instance = await openInstance({ data: dataOf(options), kinds: [], logger: stderrLogger, foldersReady: 1 })
  await repair(instance)
  const command = {
    argv,
    cwd: process.cwd(),
    environment: environmentOf(process.env),
    name: options.name ?? null,
    submittedBy: userName(),
    bounds,
  }
  return options.detach ? runDetached(instance, command, options) : runFollowed(instance, command, options)
}

// Read before anything is opened: a slip of the pen makes no job.
function boundsOf({ timeout, memory, cpu, leftovers, merge, logBytes }: RunOptions): NonNullable<CommandToRun['bounds']> {
  if (leftovers !== undefined && leftovers !== 'kill' && leftovers !== 'allow')
    throw new HoldfastError('invalid_request', `--leftovers is "${leftovers}", but must be kill or allow.`)
  const logLimit = logBytes === undefined ? undefined : parseBytes('--log-bytes', logBytes)
  if (logLimit !== undefined && logLimit < limits.logBytesLeast)
    throw new HoldfastError('invalid_request', `--log-bytes is "${logBytes}", but must be at least 1M.`)
  return {
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration('--timeout', timeout) }),
    limits: {
      ...(memory === undefined ? {} : { memoryBytes: parseBytes('--memory', memory) }),
      ...(cpu === undefined ? {} : { cpuSeconds: parseDuration('--cpu', cpu) / 1_000 }),
    },
    ...(leftovers === undefined ? {} : { leftovers }),
    ...(merge ? { output: 'merged' as const } : {}),
    ...(logLimit === undefined ? {} : { logBytes: logLimit }),
  }
}

async function runDetached(instance: Instance, command: CommandToRun, options: RunOptions): Promise<number> {
  const job = await startCommand(instance, command)
  await closeInstance(instance, null)
  console.log(options.json ? JSON.stringify(job) : String(job.id))
  if (job.failure) console.error(`holdfast: ${job.failure.message}`)
  return job.failure ? (job.exitCode ?? 125) : 0
}

async function runFollowed(instance: Instance, command: CommandToRun, options: RunOptions): Promise<number> {
  const { job, runner } = await runCommand(instance, command)
  const holdfast = frontDoor(instance, () => closeInstance(instance, runner))
  const detached = new AbortController()
  const detach = (signal: NodeJS.Signals) => detached.abort(signal)
  process.once('SIGINT', detach).once('SIGTERM', detach).once('SIGPIPE', detach)
  tell(`job ${job.id}: ${titleOf(job)}`)
  try {
    await printLog(holdfast, job.id, { toStderr: options.json ?? false, signal: detached.signal })
    return report(await holdfast.wait(job.id, { signal: detached.signal }), options)
  } catch (error) {
    if (!detached.signal.aborted) throw error
    const flags = placeFlags(options)
    console.error(
      `\nDetached. Job ${job.id} goes on.   Follow: holdfast logs ${job.id} -f${flags}   Stop: holdfast cancel ${job.id}${flags}`,
    )
    return detachedCodes[String(detached.signal.reason)] ?? 130
  } finally {
    await holdfast.close()
  }
}

const detachedCodes: Record<string, number> = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 }

async function printLog(holdfast: Holdfast, id: number, { toStderr, signal }: { toStderr: boolean; signal: AbortSignal }): Promise<void> {
  for await (const lines of holdfast.followLog(id, { full: true, signal })) {
    for (const { stream, text } of lines) {
      if (stream === 'system') continue
      const out = stream === 'stderr' || toStderr ? process.stderr : process.stdout
      if (!out.write(`${text}\n`)) await once(out, 'drain', { signal })
    }
  }
}

function report(job: Job, options: RunOptions): number {
  if (options.json) console.log(JSON.stringify(job))
  const took = duration((job.finishedAt ?? job.submittedAt) - (job.startedAt ?? job.submittedAt))
  tell(`${stateWord(job.state, process.stderr)} after ${took}${job.exitCode === null ? '' : `, exit ${job.exitCode}`}`)
  // What a command could not say itself, because it was never there, or went unseen.
  if (job.failure?.kind === 'launch' || job.state === 'interrupted') console.error(`holdfast: ${job.failure?.message}`)
  return job.exitCode ?? (job.state === 'succeeded' ? 0 : 125)
}

// For a person at a terminal; a script gets the command's output alone.
function tell(text: string): void {
  if (process.stderr.isTTY) console.error(paint('gray', text, process.stderr))
}

function environmentOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}
