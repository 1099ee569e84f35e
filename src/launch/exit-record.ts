// Reading of the exit record, strictly: anything but three digits and a newline means there is none. A shim that its orphans come back to, and that had none,
// says so in a second line.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { readSmall } from './read-small.ts'

/** Second line of the record. */
export const nobodyLeft = 'alone'

/** The shim saw, when its command had ended, that nobody of the tree was left. False: it did not say. */
export function leftNobody(folder: string): boolean {
  return tryToRead(folder)?.endsWith(`\n${nobodyLeft}\n`) ?? false
}

/** 0 to 255, or null while there is no record, or none that can be believed. @throws Error when the file cannot be looked at */
export function readExitRecord(folder: string): number | null {
  const text = tryToRead(folder)
  return text === null ? null : parseExitRecord(text)
}

/** When the record was written, by the clock of this machine. */
export function exitRecordAt(folder: string): number | null {
  const stat = statSync(join(folder, attemptFiles.exit), { throwIfNoEntry: false })
  return stat ? Math.round(stat.mtimeMs) : null
}

export function parseExitRecord(text: string): number | null {
  const digits = /^(\d{3})\n(?:alone\n)?$/.exec(text)?.[1]
  const code = digits === undefined ? null : Number(digits)
  return code !== null && code <= 255 ? code : null
}

function tryToRead(folder: string): string | null {
  try {
    return readSmall(join(folder, attemptFiles.exit), 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
