// Reading of the exit record, strictly: anything but three digits and a newline means there is none.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'

/** 0 to 255, or null while there is no record, or none that can be believed. @throws Error when the file cannot be looked at */
export function readExitRecord(folder: string): number | null {
  let text: string
  try {
    text = readFileSync(join(folder, attemptFiles.exit), 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  return parseExitRecord(text)
}

/** When the record was written, by the clock of this machine. */
export function exitRecordAt(folder: string): number | null {
  const stat = statSync(join(folder, attemptFiles.exit), { throwIfNoEntry: false })
  return stat ? Math.round(stat.mtimeMs) : null
}

export function parseExitRecord(text: string): number | null {
  const digits = /^(\d{3})\n$/.exec(text)?.[1]
  const code = digits === undefined ? null : Number(digits)
  return code !== null && code <= 255 ? code : null
}
