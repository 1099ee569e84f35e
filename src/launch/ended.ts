// Waiting for an attempt's end: the FIFO is let go, or its exit record is written while somebody of the tree lives on.
import { existsSync, type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import type { Sighting } from '../core/liveness.ts'
import { attemptFiles } from './attempt-files.ts'
import { readExitRecord } from './exit-record.ts'
import { isHeld, onLetGo } from './fifo.ts'

/** What can be seen of an attempt. The FIFO is looked at first: a process that ends in between has left its record. */
export function look(folder: string): Sighting {
  const alive = isHeld(join(folder, attemptFiles.alive))
  return { alive, exitCode: readExitRecord(folder), began: existsSync(join(folder, attemptFiles.latch)) }
}

/** @throws the signal's reason when aborted */
export function ended(folder: string, signal: AbortSignal): Promise<Sighting> {
  return new Promise((resolve, reject) => {
    const stopWatching: (() => void)[] = []
    const finish = (act: () => void) => {
      for (const stop of stopWatching.splice(0)) stop()
      act()
    }
    let recordSeen = false
    const check = () => {
      const seen = tryToLook(folder)
      if (!seen) return
      if (!seen.alive) return finish(() => resolve(seen))
      if (seen.exitCode === null || recordSeen) return
      // The shim itself lets go a moment after it has written the record; whoever still holds on then was left behind.
      recordSeen = true
      const timer = setTimeout(() => finish(() => resolve(tryToLook(folder) ?? seen)), letGoMs)
      stopWatching.push(() => clearTimeout(timer))
    }
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => finish(() => reject(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    stopWatching.push(() => signal.removeEventListener('abort', onAbort))
    stopWatching.push(onLetGo(join(folder, attemptFiles.alive), check))
    stopWatching.push(onWritten(join(folder, attemptFiles.exit), check))
    check()
  })
}

// Out of descriptors for a moment: the next look tells.
function tryToLook(folder: string): Sighting | null {
  try {
    return look(folder)
  } catch {
    return null
  }
}

/** Between the exit record and the shim's own end. */
const letGoMs = 300

// A command that leaves a process behind keeps the FIFO held; only its exit record tells that it has ended.
function onWritten(file: string, listener: () => void): () => void {
  const watcher = tryWatch(file, listener)
  const backstop = setInterval(listener, watcher === null ? limits.pollMs : limits.backstopMs)
  return () => {
    clearInterval(backstop)
    watcher?.close()
  }
}

// No watches left on this machine: the backstop sees it.
function tryWatch(file: string, listener: () => void): FSWatcher | null {
  try {
    const watcher = watch(file, { persistent: false }, listener)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
