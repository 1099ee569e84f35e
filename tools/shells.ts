// The shells that the launcher's shim is tested under: found, or installed where that is allowed. It knows nothing of Holdfast.
import { existsSync } from 'node:fs'
import { installDebian } from './debian.ts'

/** Program and first arguments of each. Ends the program with one sentence when one is missing and cannot be installed. */
export function ensureShells(): string[][] {
  if (!findBusyBox()) installDebian(['busybox-static'], 'the tests')
  const busyBox = findBusyBox()
  const bash = find('bash')
  if (!busyBox || !bash) {
    console.error('The tests need bash and BusyBox, to try the shim under both: install the packages `bash` and `busybox`.')
    process.exit(1)
  }
  const dash = find('dash')
  return [...(dash ? [[dash]] : []), [bash], [bash, '--posix'], [busyBox, 'sh']]
}

function findBusyBox(): string | undefined {
  return find('busybox')
}

function find(name: string): string | undefined {
  return ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((folder) => `${folder}/${name}`).find((file) => existsSync(file))
}
