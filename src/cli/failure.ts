// An error as a person and a shell see it: one sentence and an exit code. No stack trace but for faults of our own.
import { HoldfastClientError } from '../client/index.ts'
import { errorCodes, HoldfastError } from '../supervisor/errors.ts'

/** One sentence; with what to do about it where that is not said yet. */
export function sentenceOf(error: unknown): string {
  if (error instanceof HoldfastError) return withHelp(error.message, error.code, error.help)
  if (error instanceof HoldfastClientError) return withHelp(error.message, error.code, error.hint ?? '')
  const text = error instanceof Error ? error.message : String(error)
  return process.env.HOLDFAST_DEBUG && error instanceof Error && error.stack ? error.stack : text
}

/** The exit codes are those of the table in core/errors.ts. */
export function exitCodeOf(error: unknown): number {
  const code = error instanceof HoldfastError || error instanceof HoldfastClientError ? error.code : 'internal'
  return code in errorCodes ? errorCodes[code as keyof typeof errorCodes].exit : 1
}

function withHelp(message: string, code: string, help: string): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`
  // A wrong argument is named in the message; to say "correct it" helps nobody.
  return help === '' || code.startsWith('invalid_') ? sentence : `${sentence} ${help}`
}
