// What an app's Holdfast says to whoever started the app in a terminal. How each job ended the pages tell.
import type { Writable } from 'node:stream'
import type { Logger } from '../supervisor/logger.ts'

/**
 * Writes a line for what a start found of the last one, and for whatever is wrong. Default: to `process.stdout`.
 * @example const holdfast = await openHoldfast({ kinds, logger: terminalLogger() })
 */
export function terminalLogger(out: Writable = process.stdout): Logger {
  const write = (message: string) => void out.write(`${message}\n`)
  const info = (message: string, fields?: Record<string, unknown>) => {
    if (fields?.adopted !== undefined) write(message)
  }
  return { info, warn: write, error: write }
}
