// From a program's name to the file that runs. The shim must not look it up: a shell would take its own builtin of that name.
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

export type FoundProgram = { file: string } | { refused: 'not found' | 'not executable' }

/** As a shell would: a name with a slash is a path from `cwd`, any other is looked up in `path`. */
export function findProgram(name: string, cwd: string, path: string): FoundProgram {
  if (name === '') return { refused: 'not found' }
  if (name.includes('/')) return check(isAbsolute(name) ? name : join(cwd, name))
  let best: FoundProgram = { refused: 'not found' }
  for (const folder of path.split(delimiter)) {
    const found = check(join(isAbsolute(folder) ? folder : join(cwd, folder), name))
    if ('file' in found) return found
    if (found.refused === 'not executable') best = found
  }
  return best
}

function check(file: string): FoundProgram {
  try {
    if (statSync(file).isDirectory()) return { refused: 'not executable' }
    accessSync(file, constants.X_OK)
    return { file }
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
    return { refused: code === 'EACCES' ? 'not executable' : 'not found' }
  }
}
