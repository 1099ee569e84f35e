// Brings a tree of files onto the disk, whole, before it is given its name: file by file, or all of its file system at once, whichever is less.
import { execFile } from 'node:child_process'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { limits } from '../core/limits.ts'

const run = promisify(execFile)

/** All that is in the folder is on the disk when it resolves, and the folder itself. @throws Error when the disk says that it could not be written */
export async function syncTree(root: string): Promise<void> {
  const { files, folders } = await entriesOf(root)
  if (files.length + folders.length > fewFiles && (await syncFileSystem(root))) return
  await syncEach([...files, ...folders])
}

/** The names in the folder are on the disk when it resolves. */
export async function syncFolder(path: string): Promise<void> {
  await syncEach([path])
}

/** From so many on, one `sync` of the file system is faster than one of each file: a file costs about a millisecond of the disk's journal. */
const fewFiles = 64

async function entriesOf(root: string): Promise<{ files: string[]; folders: string[] }> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const pathsOf = (which: (typeof entries)[number][]) => which.map((entry) => join(entry.parentPath, entry.name))
  return {
    files: pathsOf(entries.filter((entry) => entry.isFile())),
    folders: [root, ...pathsOf(entries.filter((entry) => entry.isDirectory()))],
  }
}

// `sync -f` of coreutils: syncfs, which tells of errors since Linux 5.8. Where there is none such, each file by itself.
async function syncFileSystem(root: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  return run('sync', ['-f', root]).then(
    () => true,
    () => false,
  )
}

async function syncEach(paths: readonly string[]): Promise<void> {
  const rest = paths.values()
  const worker = async () => {
    for (const path of rest) {
      const file = await open(path, 'r')
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limits.filesAtOnce, paths.length) }, worker))
}
