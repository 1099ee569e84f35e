// Wakes other processes on the same data folder: one byte written to a small watched file after each commit.
// A hint only; whoever listens must look at the database. The -wal itself is written before a commit is visible, so it is not watched.
import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from 'node:fs'
import type { Change, Hint } from './sql-database.ts'

export interface Doorbell {
  ring(): void
  onRing(listener: () => void): () => void
  close(): void
}

/** One bell per sort of change. Lines have one of their own, so that a chatty job does not wake every runner. */
export interface Bells {
  ring(change: Change): void
  /** Calls whoever listens for what is coming, at once, in this process alone. */
  foretell(): void
  onChange(listener: () => void, of: Hint): () => void
  close(): void
}

/** Who listens for lines hears jobs as well. */
export function openBells(files: Record<Change, string | null>): Bells {
  const bells = { jobs: openDoorbell(files.jobs), lines: openDoorbell(files.lines) }
  const foretold = new Set<() => void>()
  return {
    ring: (change) => bells[change].ring(),
    foretell() {
      for (const listener of [...foretold]) listener()
    },
    onChange(listener, of) {
      if (of === 'coming') {
        foretold.add(listener)
        return () => foretold.delete(listener)
      }
      const stops = (of === 'jobs' ? [bells.jobs] : [bells.jobs, bells.lines]).map((bell) => bell.onRing(listener))
      return () => {
        for (const stop of stops) stop()
      }
    },
    close() {
      bells.jobs.close()
      bells.lines.close()
    },
  }
}

/** `file` null: only this process rings, as for a database in memory. */
export function openDoorbell(file: string | null): Doorbell {
  const listeners = new Set<() => void>()
  const descriptor = file === null ? null : openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  let watcher: FSWatcher | null = null
  let closed = false
  let announced = false

  // Many changes in one turn are one ring.
  function announce() {
    if (announced || closed) return
    announced = true
    setImmediate(() => {
      announced = false
      if (closed) return
      for (const listener of [...listeners]) listener()
    })
  }

  function startWatching() {
    if (file === null || watcher) return
    try {
      watcher = watch(file, { persistent: false }, announce)
      watcher.on('error', () => watcher?.close())
    } catch {
      // No watches left on this machine: the slow poll behind the doorbell still finds everything.
    }
  }

  return {
    ring() {
      announce()
      if (descriptor === null || closed) return
      try {
        writeSync(descriptor, '.', 0)
      } catch {
        // A full disk: others find the change by polling.
      }
    },
    onRing(listener) {
      listeners.add(listener)
      startWatching()
      return () => listeners.delete(listener)
    },
    close() {
      if (closed) return
      closed = true
      watcher?.close()
      if (descriptor !== null) closeSync(descriptor)
    },
  }
}
