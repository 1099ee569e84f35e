// The whole book as one Markdown file. Pure.
import type { Book } from '../book.ts'

export function markdownOf(book: Book, texts: readonly string[]): string {
  const { title, series, writer } = book
  const place = series === null ? [] : [`*${series.title}, book ${series.number} of ${series.of}*`]
  const chapters = book.chapters.map((chapter, index) => `## ${index + 1}. ${escaped(chapter.title)}\n\n${(texts[index] ?? '').trim()}`)
  return `${[`# ${escaped(title)}`, ...place, `Written by ${writer}.`, ...chapters].join('\n\n')}\n`
}

const escaped = (title: string): string => title.replace(/[\\`*_[\]<>]/g, '\\$&')
