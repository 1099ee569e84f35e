// A job that counts until its gate is there, and what must be true of what it wrote.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Holdfast } from '../../../src/index.ts'

/** Counts up until its gate is there; exits with 6. Says when it started, once each time. */
export function counting(folder: string): string {
  return `echo start >> ${folder}/starts; i=0; until [ -e ${folder}/gate ]; do i=$((i+1)); echo "$i"; sleep 0.02; done; exit 6`
}

export function openGate(folder: string): void {
  writeFileSync(join(folder, 'gate'), '')
}

export function startsIn(folder: string): string {
  return readFileSync(join(folder, 'starts'), 'utf8')
}

export async function assertCounted(holdfast: Holdfast, id: number): Promise<void> {
  const { lines } = await holdfast.log(id, { limit: 5_000 })
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    lines.map((_, index) => index + 1),
  )
  const counted = lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
  assert.deepEqual(
    counted,
    counted.map((_, index) => String(index + 1)),
  )
}

export function linesIn(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}
