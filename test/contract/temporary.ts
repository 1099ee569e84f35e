// What the tests of the inner layers share: folders that are gone afterwards, and waiting for a condition instead of a time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

// Our tests are about runners, also when a file is run alone; an app's own get none by accident.
process.env.HOLDFAST_RUNNER ??= 'on'

/** A folder that is removed when the file's tests are over. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`))
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Looks until there is something. @throws Error naming what did not come */
export async function until<T>(what: string, look: () => T | Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (performance.now() > deadline) throw new Error(`did not come within ${withinMs} ms: ${what}`)
    await delay(20)
  }
}
