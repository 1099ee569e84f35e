// One hash of a whole tree: names, kinds, rights, times and contents. Equal hashes: nothing in it was touched.
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'

export function treeHash(path: string): string {
  const root = realpathSync(path)
  const hash = createHash('sha256')
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path))
  for (const path of [root, ...paths.sort()]) {
    const stat = lstatSync(path)
    hash.update(`${relative(root, path)}\0${stat.mode}\0${stat.mtimeMs}\0${stat.ino}\0`)
    if (stat.isSymbolicLink()) hash.update(readlinkSync(path))
    else if (stat.isFile()) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}
