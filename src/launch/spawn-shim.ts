// Makes the process of a shim, in a session of its own and with its descriptors: by the starter where there is one, else by a fork of this process.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Reaper } from './facilities.ts'
import { holdFifo, isHeld } from './fifo.ts'
import { identify } from './identity.ts'
import type { ProcessIdentity } from './launcher.ts'
import { asSubreaper } from './shim.ts'
import type { Starter } from './starter.ts'

/** Paths. */
export interface ShimFiles {
  stdout: string
  /** Null: merged into stdout. */
  stderr: string | null
  exit: string
  /** The FIFO. */
  alive: string
  /** Taken by the shim itself. */
  latch: string
}

export interface ShimPlan extends ShimFiles {
  /** The shell and its arguments. */
  argv: readonly string[]
  /** Set: its orphans are to come back to it. */
  reaper: Reaper | null
  cwd: string
  environment: Record<string, string>
}

export type Spawned = { process: ProcessIdentity } | { refused: 'already began' } | { refused: 'not executable' | 'too long'; why: string }

/** @throws Error when the system has no room for it now */
export async function spawnShim(plan: ShimPlan, starter: Starter): Promise<Spawned> {
  const answer = await starter.start(plan)
  if (answer === 'not there') return spawnHere(plan)
  if (answer !== 'lost') return 'process' in answer ? answer : refusedWith(answer.code)
  // It died with our request in its hands, and forks no more. The latch sees to it that there is one start; only who did it must be known.
  return existsSync(plan.latch) || isHeld(plan.alive) ? { refused: 'already began' } : spawnHere(plan)
}

function refusedWith(code: string): Spawned {
  if (code === 'E2BIG') return tooLong
  throw new Error(`the starter could not start it: ${code}`)
}

function spawnHere(plan: ShimPlan): Promise<Spawned> {
  const { promise, resolve, reject } = Promise.withResolvers<Spawned>()
  const { stdout, stderr, exit, fifo } = openDescriptors(plan)
  try {
    const [program = '', ...args] = plan.reaper === null ? plan.argv : asSubreaper(plan.reaper, plan.argv)
    // The descriptors are the child's from the fork on: there is no moment when it is spawned and not provably alive.
    const child = spawn(program, args, {
      cwd: plan.cwd,
      detached: true,
      env: plan.environment,
      stdio: ['ignore', stdout, 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', stderr ?? stdout, exit, fifo],
    })
    child.on('error', reject)
    child.unref()
    const { pid } = child
    if (pid !== undefined) resolve({ process: identify(pid) ?? { pid, startedAt: null } })
  } catch (error) {
    if (isImpossible(error)) resolve({ refused: 'not executable', why: error.message })
    else if (isTooLong(error)) resolve(tooLong)
    else reject(error)
  } finally {
    for (const descriptor of [stdout, stderr, exit, fifo]) if (descriptor !== null) closeSync(descriptor)
  }
  return promise
}

function openDescriptors({ stdout, stderr, exit, alive }: ShimPlan) {
  return {
    stdout: openSync(stdout, 'a'),
    stderr: stderr === null ? null : openSync(stderr, 'a'),
    exit: openSync(exit, 'r+'),
    fifo: holdFifo(alive),
  }
}

const tooLong = { refused: 'too long', why: 'the arguments and the environment are too long for this system' } as const

// A NUL in a variable or an argument: no system can start that, now or later.
function isImpossible(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE'
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'E2BIG'
}
