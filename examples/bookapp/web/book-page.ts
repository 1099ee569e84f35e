// A book's page: cover, files, chapters, and the job that works on it or did last; and a chapter to read. Draws; knows no request.
import { html } from 'hono/html'
import { type Book, paragraphsOf } from '../book.ts'
import { longest } from '../order.ts'
import type { Published, Shelved } from '../shelf.ts'
import { count, type Html, when } from './frame.ts'

export function bookPage(shelved: Shelved): Html {
  const { id, title, published, job, isActive } = shelved
  const card = job === null ? '' : html`<holdfast-job job="${job.jobId}" log="tail"></holdfast-job>`
  if (published === null)
    return html`<header class="head"><h1>${title}</h1><p class="lead">${whyNot(shelved)}</p></header>
<div class="unborn">${card}</div>`
  const { book } = published
  // An old success is no news; what runs, or did not go well, is.
  const isNews = isActive || (job !== null && job.state !== 'succeeded')
  return html`<div class="book"><img class="cover" src="/books/${id}/cover.svg?${published.edition}" alt="" width="240" height="360">
<div><header class="head">${book.series ? html`<p class="over">${book.series.title}, book ${book.series.number} of ${book.series.of}</p>` : ''}<h1>${title}</h1>
<p class="lead">${book.premise === '' ? book.blueprint : book.premise}</p></header>
<p class="actions"><a class="button primary" href="/books/${id}/1">Read</a><a class="button" href="/books/${id}/book.epub" download="${id}.epub">EPUB</a><a class="button" href="/books/${id}/book.md" download="${id}.md">Markdown</a></p>
<p class="facts">${factsOf(published)}</p>
${isNews ? card : ''}
<h2>Chapters</h2><ol class="chapters">${book.chapters.map(
    (chapter, index) => html`<li><a href="/books/${id}/${index + 1}">${chapter.title}</a><span>${count(chapter.words, 'word')}</span></li>`,
  )}</ol>
${changes(id, book)}</div></div>`
}

function whyNot({ job, isActive }: Shelved): string {
  if (isActive) return 'Nothing of it can be read before it is whole.'
  if (job === null) return 'It was not finished, and nothing of it is kept.'
  return job.state === 'succeeded' ? 'Its files cannot be read.' : 'It was not finished. What was written so far is kept.'
}

function factsOf({ book, edition, publishedAt }: Published): string {
  const words = book.chapters.reduce((sum, chapter) => sum + chapter.words, 0)
  return `${count(book.chapters.length, 'chapter')}, ${count(words, 'word')}. Edition ${edition}, ${when(publishedAt)}. Written by ${book.writer}.`
}

/** The other two kinds of work. Each button knows by itself whether it may be pressed. */
function changes(id: string, { chapters }: Book): Html {
  return html`<section class="change"><h2>Change it</h2>
<form id="rewrite"><input type="hidden" name="book" value="${id}">
<div class="field"><label for="chapter">Chapter</label><select id="chapter" name="chapter">${chapters.map(
    ({ title }, index) => html`<option value="${index + 1}">${index + 1}. ${title}</option>`,
  )}</select></div>
<div class="field"><label for="wish">What should be different</label><textarea id="wish" name="wish" rows="2" maxlength="${longest.wish}"></textarea></div></form>
<holdfast-start kind="rewrite-chapter" key="${id}" form="rewrite" label="Rewrite the chapter" busy-label="Rewriting…" variant="plain"></holdfast-start>
<holdfast-start kind="regenerate-artifacts" key="${id}" input="${JSON.stringify({ book: id })}" label="Make the files again" busy-label="Making files…" variant="quiet"></holdfast-start></section>`
}

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
