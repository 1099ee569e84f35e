// A book as it is on the disk: what is known of it, and where its parts lie in its folder. Published folders are read with it, staging folders written.
// Knows no library: every job's process loads it.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Book {
  id: string
  title: string
  /** Its place in a series; null: it stands alone. */
  series: { title: string; number: number; of: number } | null
  premise: string
  blueprint: string
  /** One for each chapter: what happens in it. */
  events: string[]
  chapters: { title: string; words: number }[]
  /** About so many words a chapter, as it was asked for. */
  words: number
  writer: string
}

/** The artifact in which a book is published. */
export const artifactOf = (id: string): string => `book-${id}`

/** The books of an order: itself, or the parts of the series. */
export function bookIdsOf({ id, books }: { id: string; books: number }): string[] {
  return books === 1 ? [id] : Array.from({ length: books }, (_, index) => `${id}-b${index + 1}`)
}

export const fileNames = { markdown: 'book.md', epub: 'book.epub', cover: 'cover.svg' } as const

export const readBook = (folder: string): Book => JSON.parse(readFileSync(join(folder, 'book.json'), 'utf8'))

export const saveBook = (folder: string, book: Book): void => writeFileSync(join(folder, 'book.json'), `${JSON.stringify(book, null, 2)}\n`)

export const chapterPath = (folder: string, number: number): string => join(folder, `chapter-${String(number).padStart(2, '0')}.md`)

export const readChapter = (folder: string, number: number): string => readFileSync(chapterPath(folder, number), 'utf8').trim()

export const paragraphsOf = (text: string): string[] => text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())

export const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0

/** 0 to 2³¹ − 1, always the same of the same text: a seed for those who want a number. */
export const numberOf = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE() >>> 1
