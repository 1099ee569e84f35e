// Chapters that are written but not published yet: a file each, whole or not there, in a folder of the job. Another attempt finds them.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type Drafts = ReturnType<typeof openDrafts>

export function openDrafts(folder: string) {
  const fileOf = (book: string, chapter: number) => join(folder, `${book}.${chapter}.md`)
  mkdirSync(folder, { recursive: true })
  return {
    read: (book: string, chapter: number): string | null =>
      existsSync(fileOf(book, chapter)) ? readFileSync(fileOf(book, chapter), 'utf8') : null,
    save(book: string, chapter: number, text: string): void {
      writeWhole(`${fileOf(book, chapter)}.new`, text)
      renameSync(`${fileOf(book, chapter)}.new`, fileOf(book, chapter))
      sync(folder)
    },
    clear(): void {
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
    },
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'w')
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The name in it is on the disk as well. */
function sync(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
