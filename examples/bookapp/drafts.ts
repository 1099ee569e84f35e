// Chapters that are written but not published yet: a file each, whole or not there, in a folder of the job. Another attempt finds them.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Drafts = ReturnType<typeof openDrafts>

export function openDrafts(folder: string) {
  const fileOf = (book: string, chapter: number) => join(folder, `${book}.${chapter}.md`)
  mkdirSync(folder, { recursive: true })
  return {
    read: (book: string, chapter: number): string | null =>
      existsSync(fileOf(book, chapter)) ? readFileSync(fileOf(book, chapter), 'utf8') : null,
    /** On the disk before it has its name. A power cut can take the name away, and then it is written again; half of it nobody finds. */
    save(book: string, chapter: number, text: string): void {
      writeFileSync(`${fileOf(book, chapter)}.new`, text, { flush: true })
      renameSync(`${fileOf(book, chapter)}.new`, fileOf(book, chapter))
    },
    clear(): void {
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
    },
  }
}
