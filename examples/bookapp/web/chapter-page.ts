// A chapter to read. Draws; knows no request.
import { html } from 'hono/html'
import { type Book, paragraphsOf } from '../book.ts'
import type { Html } from './frame.ts'

export function chapterPage({ book, number, text }: { book: Book; number: number; text: string }): Html {
  const link = (to: number, rel: string) => {
    const chapter = book.chapters[to - 1]
    return chapter
      ? html`<a rel="${rel}" href="/books/${book.id}/${to}"><small>${rel === 'prev' ? 'Before' : 'Next'}</small>${chapter.title}</a>`
      : html`<span></span>`
  }
  return html`<article class="chapter"><header><a href="/books/${book.id}">${book.title}</a><h1><small>${number}</small> ${book.chapters[number - 1]?.title ?? ''}</h1></header>
${paragraphsOf(text).map((paragraph) => html`<p>${paragraph}</p>`)}
</article><nav class="turn" aria-label="Chapters">${link(number - 1, 'prev')}${link(number + 1, 'next')}</nav>`
}
