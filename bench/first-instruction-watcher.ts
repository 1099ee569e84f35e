// The thread of first-instruction.ts: sleeps in read(2) and says when it was woken. Ends when it is terminated.
import { constants, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { instant } from './first-instruction.ts'

const { fifo } = workerData as { fifo: string }
// For reading and writing, so that the FIFO has a writer between two commands too and the read goes on sleeping.
const descriptor = openSync(fifo, constants.O_RDWR)
const bytes = Buffer.alloc(1)
parentPort?.postMessage(instant())
for (;;) {
  readSync(descriptor, bytes)
  parentPort?.postMessage(instant())
}
