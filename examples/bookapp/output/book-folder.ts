// The last phase of every job: from the chapters in a folder, the book as readers get it. And the look at that folder before it is published.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Book, chapterFile, fileNames, readBook, readChapter, wordsIn, writeBook } from '../book.ts'
import { coverOf } from './cover.ts'
import { epubFault, epubOf } from './epub.ts'
import { markdownOf } from './markdown.ts'

/** `counted` has its chapters' true lengths. */
export function assemble(folder: string, book: Book): Book {
  const texts = book.chapters.map((_, index) => readChapter(folder, index + 1))
  const counted: Book = { ...book, chapters: book.chapters.map(({ title }, index) => ({ title, words: wordsIn(texts[index] ?? '') })) }
  const cover = coverOf(counted)
  writeFileSync(join(folder, fileNames.cover), cover)
  writeFileSync(join(folder, fileNames.markdown), markdownOf(counted, texts))
  writeFileSync(join(folder, fileNames.epub), epubOf(counted, texts, { cover, modifiedAt: new Date() }))
  writeBook(folder, counted)
  return counted
}

/** Why a staging folder with books in it may not be published, in a sentence; null: it may. */
export function faultOf(staging: string): string | null {
  for (const name of readdirSync(staging)) {
    const folder = join(staging, name)
    const fault = bookFault(folder, readBook(folder))
    if (fault !== null) return `${name}: ${fault}`
  }
  return null
}

export function bookFault(folder: string, book: Book): string | null {
  const empty = book.chapters.findIndex(
    (_, index) => !existsSync(join(folder, chapterFile(index + 1))) || readChapter(folder, index + 1) === '',
  )
  if (empty !== -1) return `chapter ${empty + 1} of ${book.chapters.length} is not there`
  if (book.chapters.length === 0) return 'there is no chapter'
  const markdown = readFileSync(join(folder, fileNames.markdown), 'utf8')
  if (!book.chapters.every((_, index) => markdown.includes(readChapter(folder, index + 1)))) return 'the Markdown is not the whole book'
  const fault = epubFault(book, readFileSync(join(folder, fileNames.epub)))
  return fault === null ? null : `the EPUB is not whole: ${fault}`
}
