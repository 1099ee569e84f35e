// A program beside the runner that forks shims for it, since a fork of a Node process is slow and stops all that it does. It is there from the second
// start on: who starts once needs none. Whatever becomes of it, no start is lost and none is doubled: the latch decides, and the runner can fork itself.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { getSystemErrorMap } from 'node:util'
import { limits } from '../core/limits.ts'
import type { ProcessIdentity } from './launcher.ts'
import type { ShimPlan } from './spawn-shim.ts'
import { starterProgram } from './starter-program.ts'

/** `lost`: it ended, and nobody knows whether it had started this one. It starts nothing any more. */
export type StarterAnswer = { process: ProcessIdentity } | { code: string } | 'not there' | 'lost'

export interface Starter {
  start(plan: ShimPlan): Promise<StarterAnswer>
  /** Resolves when it has ended. */
  close(): Promise<void>
}

/** `perl`: path of the program; null: there is none, and whoever asks starts himself. `answerMs`: so long it may take to answer, or to end. */
export function openStarter(perl: string | null, answerMs: number = limits.starterMs): Starter {
  let starts = 0
  let boots = 0
  let isClosed = false
  let helper: Helper | null = null

  function boot(program: string): void {
    if (isClosed || helper !== null || boots >= limits.starterBoots) return
    boots++
    try {
      const booted = openHelper(program, answerMs)
      helper = booted
      booted.ended.then(() => {
        if (helper === booted) helper = null
      })
    } catch {
      // The system has no room for it, not even for its pipes. Whoever starts something goes on by himself, or is told.
    }
  }

  return {
    async start(plan) {
      starts++
      if (helper?.isReady() && !hasNul(plan)) return helper.ask(plan)
      // After this one, which it would only delay.
      if (perl !== null && starts > 1) setImmediate(boot, perl)
      return 'not there'
    },
    async close() {
      isClosed = true
      helper?.end()
      await helper?.ended
    },
  }
}

interface Helper {
  isReady(): boolean
  ask(plan: ShimPlan): Promise<StarterAnswer>
  /** It finishes what it was asked for, and ends. */
  end(): void
  ended: Promise<void>
}

function openHelper(perl: string, answerMs: number): Helper {
  const child = spawn(perl, ['-e', starterProgram], { cwd: '/', detached: true, env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
  const waiting = new Map<string, (answer: StarterAnswer) => void>()
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let asked = 0
  let isReady = false

  // Nothing waits for an idle one: a process that has nothing else to do may end, and this one ends with it.
  const hold = (isHeld: boolean) => {
    for (const one of [child, child.stdout as Socket, child.stdin as unknown as Socket]) isHeld ? one.ref() : one.unref()
  }
  function lose(): void {
    isReady = false
    for (const answer of waiting.values()) answer('lost')
    waiting.clear()
    end()
  }
  child.on('error', lose)
  child.on('exit', lose)
  child.stdin.on('error', () => child.kill('SIGKILL'))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [number = '', pid = '', detail = ''] = line.split(' ')
    if (number === 'ready') isReady = true
    waiting.get(number)?.(answerOf(pid, detail))
    waiting.delete(number)
    if (waiting.size === 0) hold(false)
  })
  hold(false)

  return {
    isReady: () => isReady,
    ask(plan) {
      const { promise, resolve } = Promise.withResolvers<StarterAnswer>()
      const number = String(++asked)
      waiting.set(number, resolve)
      hold(true)
      child.stdin.write(requestOf(number, plan))
      killWhenLate(child, promise, answerMs)
      return promise
    },
    end() {
      hold(true)
      child.stdin.end()
      killWhenLate(child, ended, answerMs)
    },
    ended,
  }
}

// Halted by somebody, or the machine is beside itself: without it we can go on.
function killWhenLate(child: ChildProcess, answer: Promise<unknown>, ms: number): void {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  answer.then(() => clearTimeout(timer))
}

function requestOf(number: string, { argv, reaper, cwd, environment, stdout, stderr, exit, alive }: ShimPlan): Buffer {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const text = Buffer.from(
    [number, reaper?.prctlNumber ?? '', cwd, stdout, stderr ?? '', exit, alive, argv.length, ...argv, ...variables].join('\0'),
  )
  return Buffer.concat([Buffer.from(`${text.length}\n`), text])
}

function answerOf(pid: string, detail: string): StarterAnswer {
  if (pid !== '-') return { process: { pid: Number(pid), startedAt: detail === '-' ? null : detail } }
  return { code: getSystemErrorMap().get(-Number(detail))?.[0] ?? `errno ${detail}` }
}

function hasNul({ argv, cwd, environment }: ShimPlan): boolean {
  return [cwd, ...argv, ...Object.entries(environment).flat()].some((text) => text.includes('\0'))
}
