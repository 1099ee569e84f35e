// The face of the tests: astronaut.png, a portrait by NASA in the public domain, out of a package of Debian's. Nothing is installed, and the
// package is fetched once for each installation of this example.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const kept = fileURLToPath(new URL('../node_modules/.astronaut.png', import.meta.url))

export function portrait(): string {
  if (existsSync(kept)) return kept
  const folder = mkdtempSync(join(tmpdir(), 'screentime-portrait-'))
  try {
    const download = () => execFileSync('apt-get', ['-qq', 'download', 'python3-skimage'], { cwd: folder, stdio: 'ignore' })
    try {
      download()
    } catch {
      // The lists of packages may be old, or never have been fetched.
      execFileSync('apt-get', ['-qq', 'update'], { stdio: 'ignore' })
      download()
    }
    const [file = ''] = readdirSync(folder)
    execFileSync('dpkg', ['-x', file, 'out'], { cwd: folder })
    copyFileSync(join(folder, 'out/usr/lib/python3/dist-packages/skimage/data/astronaut.png'), kept)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return kept
}
