// What an error of SQLite means for us, as either library tells it.
import type { Trouble } from '../patience.ts'
import { DatabaseMoved } from './unmoved.ts'

/** Null: a fault, of ours or of the statement. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof DatabaseMoved) return 'unwritable'
  const code = primaryCode(error)
  if (code === 5 || code === 6) return 'busy'
  return code === 8 || code === 10 || code === 13 || code === 14 ? 'unwritable' : null
}

// SQLite's primary result codes; the extended ones carry them in their low byte, or in the beginning of their name.
function primaryCode(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0
  if ('errcode' in error) return Number(error.errcode) & 0xff
  const name = 'code' in error ? /^SQLITE_([A-Z]+)/.exec(String(error.code))?.[1] : undefined
  return name === undefined ? 0 : (codes[name] ?? 0)
}

const codes: Record<string, number> = { BUSY: 5, LOCKED: 6, READONLY: 8, IOERR: 10, FULL: 13, CANTOPEN: 14 }
