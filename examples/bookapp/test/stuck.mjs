// Preloaded into the jobs of one test: a process that hangs before its first line, as when a disk does not answer. Only the book that asks for it.
import { existsSync, readFileSync } from 'node:fs'

const input = process.env.HOLDFAST_INPUT
if (input !== undefined && existsSync(input) && readFileSync(input, 'utf8').includes('Never Begun'))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
