// Proof of life by FIFO: whoever lives holds it open for writing; a reader sees EAGAIN while somebody does and the end when nobody does.
// No pid is involved. Readers open it O_RDONLY only: opening it for writing would make the looker a holder.
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { limits } from '../core/limits.ts'

/** Holds a FIFO, so that others see this process alive. Close the descriptor to let go. */
export function holdFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
}

/** Does any process hold the FIFO? False when there is none at that path. @throws Error when it cannot be looked at: that proves nothing */
export function isHeld(path: string): boolean {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  try {
    // Bytes in the pipe can only come from a holder; zero bytes is the end.
    return readSync(descriptor, Buffer.alloc(1)) > 0
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return true
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Calls back once when nobody holds the FIFO any more. Returns the way to stop watching. */
export function onLetGo(path: string, listener: () => void): () => void {
  let over = false
  const finish = (tell: boolean) => {
    if (over) return
    over = true
    clearInterval(backstop)
    socket?.destroy()
    if (tell) listener()
  }
  const socket = openReader(path)
  socket?.on('end', () => finish(true)).on('error', () => look())
  socket?.resume()
  // The event is the fast way; a look now and then is the sure one.
  const backstop = setInterval(look, socket === null ? limits.pollMs : limits.backstopMs)
  // A FIFO that was already let go when it was opened gives no event.
  setImmediate(look)
  function look() {
    if (over) return
    try {
      if (!isHeld(path)) finish(true)
    } catch {
      // Out of descriptors for a moment: the next look tells.
    }
  }
  return () => finish(false)
}

function openReader(path: string): Socket | null {
  try {
    return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
  } catch {
    return null
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null
}
