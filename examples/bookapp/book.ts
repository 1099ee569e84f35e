// A book as it is on the disk: what is known of it, and where its parts lie in its folder. Published folders are read with it, staging folders written.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const bookSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Its place in a series; null: it stands alone. */
  series: z.object({ title: z.string(), number: z.number().int(), of: z.number().int() }).nullable(),
  premise: z.string(),
  blueprint: z.string(),
  /** One for each chapter: what happens in it. */
  events: z.array(z.string()),
  chapters: z.array(z.object({ title: z.string(), words: z.number().int() })),
  /** About so many words a chapter, as it was asked for. */
  words: z.number().int(),
  writer: z.string(),
})
export type Book = z.infer<typeof bookSchema>

/** The artifact in which a book is published. */
export const artifactOf = (id: string): string => `book-${id}`

export const fileNames = { markdown: 'book.md', epub: 'book.epub', cover: 'cover.svg' } as const

export const readBook = (folder: string): Book => bookSchema.parse(JSON.parse(readFileSync(join(folder, 'book.json'), 'utf8')))

export function writeBook(folder: string, book: Book): void {
  writeFileSync(join(folder, 'book.json'), `${JSON.stringify(book, null, 2)}\n`)
}

export const chapterFile = (number: number): string => `chapter-${String(number).padStart(2, '0')}.md`

export const readChapter = (folder: string, number: number): string => readFileSync(join(folder, chapterFile(number)), 'utf8').trim()

export const paragraphsOf = (text: string): string[] => text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())

export const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length

/** "The Lantern Below" → "the-lantern-below": what is left of a title in an address and in a file name. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFKD').toLowerCase()
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 48) || 'book'
  )
}
