// What is put into an attempt's folder before it starts, and removed when nobody needs it any more.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import type { Given } from './launcher.ts'

/** Doing it again changes nothing. */
export function layOut(folder: string, { input, checkpoint, outputs }: Given): void {
  writeOnce(join(folder, attemptFiles.input), input)
  if (checkpoint !== null) writeOnce(join(folder, attemptFiles.checkpoint), checkpoint)
  for (const output of outputs) mkdirSync(join(folder, attemptFiles.staging, output), { recursive: true, mode: 0o700 })
}

/** Taken away whole first: whoever else is about to publish it finds all of it or none. */
export function clear(folder: string): void {
  const staging = join(folder, attemptFiles.staging)
  const gone = `${staging}.gone`
  rmSync(gone, { recursive: true, force: true })
  if (!existsSync(staging)) return
  renameSync(staging, gone)
  rmSync(gone, { recursive: true, force: true })
}

// Whole or not at all: a job must never read half of its input.
function writeOnce(file: string, text: string): void {
  if (existsSync(file)) return
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}
