// The Python of the Python tests: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { spawnSync } from 'node:child_process'
import { installDebian } from './debian.ts'

/** The interpreter itself, not a launcher in front of it; null when there is none of 3.9 or newer. */
export function findPython(): string | null {
  const asked = 'import sys; print(sys.executable if sys.version_info >= (3, 9) else "")'
  for (const name of [process.env.PYTHON, 'python3', '/usr/bin/python3']) {
    const found = name ? (spawnSync(name, ['-c', asked], { encoding: 'utf8' }).stdout ?? '').trim() : ''
    if (found !== '') return found
  }
  return null
}

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensurePython(): string {
  const found = findPython()
  if (found) return found
  installDebian(['python3'], 'the Python tests')
  const installed = findPython()
  if (installed) return installed
  console.error('The Python tests need Python 3.9 or newer: install python3, or name it in PYTHON=/path/to/python3.')
  process.exit(1)
}
