// Holdfast as its users install it: compiled, in a throwaway folder beside a link to the dependencies. Running from source costs memory that users
// do not pay (Node keeps its type stripper loaded), so a figure about memory is taken from this.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** Makes the package in `folder`, which must not exist yet. */
export function packInto(folder: string): string {
  mkdirSync(folder)
  copyFileSync(join(repository, 'package.json'), join(folder, 'package.json'))
  cpSync(join(repository, 'bin'), join(folder, 'bin'), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  // Not `dist` of the repository: a bench leaves nothing behind, and whatever lies there may be old.
  const compiler = join(repository, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', join(repository, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')], { stdio: 'inherit' })
  const dashboard = join(repository, 'dashboard/dist')
  if (!existsSync(dashboard)) throw new Error('The dashboard is not built: npm run build:dashboard')
  cpSync(dashboard, join(folder, 'dist/dashboard'), { recursive: true })
  return folder
}
