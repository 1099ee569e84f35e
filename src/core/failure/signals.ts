// Ends by a signal: their names, and what may be said of them.
import type { Chosen } from './choose.ts'

/** Name of the signal that an exit code above 128 stands for in a shell, or null. */
export function signalOfExitCode(exitCode: number): string | null {
  return signalNames[exitCode - 128] ?? null
}

/** What is said of a process that a signal ended. `chosen` is its best line. */
export function endedBySignal(signal: string, chosen: Chosen | null): { message: string; hint: string | null; said: boolean } {
  const child = chosen ? /^\S+: line \d+: +\d+ (?:[A-Z][\w ]*?)(?: \(core dumped\))? {2,}(\S.*)$/.exec(chosen.message)?.[1] : undefined
  const verb = signal === 'SIGKILL' ? 'Killed' : 'Ended'
  const hint = hints[signal] ?? null
  if (child !== undefined) return { message: `${verb} by ${signal}: ${child}`, hint, said: true }
  if (chosen && saysWhy(signal, chosen)) return { message: chosen.message, hint: null, said: true }
  return { message: `${verb} by ${signal}`, hint, said: false }
}

const hints: Record<string, string> = {
  SIGKILL: 'Often the machine was out of memory.',
  SIGXCPU: 'Its limit of processor time was used up (`ulimit -t`).',
  SIGXFSZ: 'A file grew beyond the limit (`ulimit -f`).',
  SIGPIPE: 'It wrote to a program that had already ended.',
}

// Who ends himself says why before it. 129 is also how git says that it was called wrongly.
function saysWhy(signal: string, { weight, thrown, message }: Chosen): boolean {
  if (signal === 'SIGHUP') return /^(?:error|fatal): /.test(message)
  if (signal === 'SIGABRT')
    return thrown || weight === 'sure' || weight === 'strong' || weight === 'trouble' || /^[\w:]+\(\): /.test(message)
  return crashes.has(signal) && thrown
}

const crashes = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'])

const signalNames: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}
