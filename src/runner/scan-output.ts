// Looks at what a job wrote before anybody else does: only plain files, folders, and links that stay inside may be published. Decides nothing else.
import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { limits } from '../core/limits.ts'
import { nameTrouble, sameName } from '../core/portable-name.ts'
import { someAtOnce } from './some-at-once.ts'

export interface Content {
  files: number
  bytes: number
}

export type Scanned = Content | { refused: string }

/** Not one level is followed through a link: it could lead out, or round and round. */
export async function scanOutput(root: string): Promise<Scanned> {
  if (!(await lstat(root).catch(() => null))?.isDirectory()) return { refused: 'its folder was removed or replaced' }
  const content: Content = { files: 0, bytes: 0 }
  const real = await realpath(root)
  let seen = 0
  let folders = [root]
  while (folders.length > 0) {
    const next: string[] = []
    for (const folder of folders) {
      const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' })
      seen += entries.length
      if (seen > limits.artifactEntries) return { refused: `more than ${limits.artifactEntries.toLocaleString('en')} files and folders` }
      const trouble = namesTrouble(root, folder, entries) ?? (await entriesTrouble({ root, real, folder }, entries, content))
      if (trouble !== null) return { refused: trouble }
      next.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name.toString())))
    }
    folders = next
  }
  return content.files === 0 ? { refused: 'nothing was written' } : content
}

type Entry = Dirent<Buffer>

function namesTrouble(root: string, folder: string, entries: readonly Entry[]): string | null {
  const names: string[] = []
  for (const { name } of entries) {
    const text = decoded(name)
    const trouble = nameTrouble(text)
    if (trouble !== null) return `${shown(root, folder, name.toString())}: ${trouble}`
    names.push(text ?? '')
    if (Buffer.byteLength(relative(root, join(folder, text ?? ''))) > limits.artifactPath)
      return `${shown(root, folder, name.toString())}: its path is longer than ${limits.artifactPath} bytes`
  }
  const twice = sameName(names)
  return twice === null ? null : `${shown(root, folder, twice)}: another file has the same name in another spelling of its letters`
}

interface Place {
  root: string
  /** The root without links on the way to it. */
  real: string
  folder: string
}

async function entriesTrouble(place: Place, entries: readonly Entry[], content: Content): Promise<string | null> {
  let trouble: string | null = null
  await someAtOnce(
    entries.filter((entry) => !entry.isDirectory()),
    async (entry) => {
      if (trouble !== null) return
      const found = await entryTrouble(place, entry.name.toString(), content)
      if (found !== null) trouble ??= `${shown(place.root, place.folder, entry.name.toString())} ${found}`
    },
  )
  return trouble
}

async function entryTrouble({ real, folder }: Place, name: string, content: Content): Promise<string | null> {
  const path = join(folder, name)
  const stat = await lstat(path)
  if (stat.isSymbolicLink()) return linkTrouble(real, path)
  if (!stat.isFile()) return 'is not a plain file'
  if (stat.nlink > 1) return 'is a hard link: somebody could still write to it under its other name'
  content.files++
  content.bytes += stat.size
  return null
}

async function linkTrouble(real: string, path: string): Promise<string | null> {
  // The folder is moved when it is published.
  if (isAbsolute(await readlink(path))) return 'is a link with an absolute path'
  const target = await realpath(path).catch(() => null)
  if (target === null) return 'is a link that leads nowhere'
  return target === real || target.startsWith(real + sep) ? null : 'is a link that leads out'
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(name: Buffer): string | null {
  try {
    return utf8.decode(name)
  } catch {
    return null
  }
}

function shown(root: string, folder: string, name: string): string {
  // As one line, whatever is in it.
  return JSON.stringify(relative(root, join(folder, name))).slice(1, -1)
}
