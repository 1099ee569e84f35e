// The last phase of every job: from the chapters in a folder, the book as readers get it. And the look at that folder before it is published.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Book, chapterPath, fileNames, readBook, readChapter, saveBook, wordsIn } from '../book.ts'
import { coverOf } from './cover.ts'
import { epubFault, epubOf } from './epub.ts'

/** Writes all but the chapters, and how long each is. */
export function assemble(folder: string, book: Book): void {
  const texts = book.chapters.map((_, index) => readChapter(folder, index + 1))
  const counted: Book = { ...book, chapters: book.chapters.map(({ title }, index) => ({ title, words: wordsIn(texts[index] ?? '') })) }
  const cover = coverOf(counted)
  writeFileSync(join(folder, fileNames.cover), cover)
  writeFileSync(join(folder, fileNames.markdown), markdownOf(counted, texts))
  writeFileSync(join(folder, fileNames.epub), epubOf(counted, texts, { cover, modifiedAt: new Date() }))
  saveBook(folder, counted)
}

function markdownOf({ title, series, writer, chapters }: Book, texts: readonly string[]): string {
  const escaped = (text: string) => text.replace(/[\\`*_[\]<>]/g, '\\$&')
  const place = series === null ? [] : [`*${escaped(series.title)}, book ${series.number} of ${series.of}*`]
  const prose = chapters.map((chapter, index) => `## ${index + 1}. ${escaped(chapter.title)}\n\n${texts[index]}`)
  return `${[`# ${escaped(title)}`, ...place, `Written by ${writer}.`, ...prose].join('\n\n')}\n`
}

/** Why a staging folder with books in it may not be published, in a sentence; null: it may. */
export function faultOf(staging: string): string | null {
  for (const name of readdirSync(staging)) {
    const fault = bookFault(join(staging, name))
    if (fault !== null) return `${name}: ${fault}`
  }
  return null
}

export function bookFault(folder: string): string | null {
  const book = readBook(folder)
  const texts = book.chapters.map((_, index) => (existsSync(chapterPath(folder, index + 1)) ? readChapter(folder, index + 1) : ''))
  if (texts.length === 0) return 'there is no chapter'
  if (texts.includes('')) return `chapter ${texts.indexOf('') + 1} of ${texts.length} is not there`
  const markdown = readFileSync(join(folder, fileNames.markdown), 'utf8')
  if (!texts.every((text) => markdown.includes(text))) return 'the Markdown is not the whole book'
  const fault = epubFault(book, readFileSync(join(folder, fileNames.epub)))
  return fault === null ? null : `the EPUB is not whole: ${fault}`
}
