// The shelf: covers of what can be read, cards of what is being written, and what stopped on the way. Draws; knows no request.
import { html } from 'hono/html'
import type { App } from '../app.ts'
import type { ShelfPage, Shelved } from '../shelf.ts'
import { nameOf } from '../writer/writer.ts'
import { count, type Html } from './frame.ts'

export function shelfPage({ settings }: App, { books, page, pages, ...all }: ShelfPage): Html {
  const active = books.filter(({ isActive }) => isActive)
  const stopped = books.filter(({ isActive, published }) => !isActive && published === null)
  const readable = books.filter(({ published }) => published !== null)
  const turn = (to: number, text: string) => (to < 1 || to > pages ? '' : html`<a class="button" href="/?page=${to}">${text}</a>`)
  return html`<header class="head"><h1>Shelf</h1><p class="lead">${lead(all)} The writer is ${nameOf(settings.writer)}.</p></header>
${section('Being written', active)}
${readable.length > 0 ? html`<ul class="shelf" aria-label="Books">${readable.map(cover)}</ul>` : ''}
${section('Not finished', stopped)}
${books.length === 0 ? emptyShelf : html`<p class="more"><a class="button" href="/new">New book</a>${turn(page - 1, 'Newer')}${turn(page + 1, 'Older')}</p>`}`
}

function lead({ readable, active }: Pick<ShelfPage, 'readable' | 'active'>): string {
  const there = readable === 0 ? 'No book yet.' : `${count(readable, 'book')} to read.`
  return active === 0 ? there : `${there} ${active === 1 ? 'One is' : `${active} are`} being written.`
}

/** One card for each job: the books of a series are written by one. Where no job is kept any more, one for each book. */
function section(title: string, books: readonly Shelved[]): Html | '' {
  const byJob = Map.groupBy(books, ({ job, id }) => job?.jobId ?? id)
  const cards = [...byJob.values()].map(([first]) => {
    const work = first?.job
      ? html`<holdfast-job job="${first.job.jobId}" compact></holdfast-job>`
      : html`<p>Its job is not kept any more.</p>`
    return html`<div class="card-row"><a class="blank" href="/books/${first?.id}"><b>${first?.title}</b></a>${work}</div>`
  })
  return cards.length === 0 ? '' : html`<section class="work"><h2>${title}</h2>${cards}</section>`
}

function cover({ id, title, published }: Shelved): Html {
  const series = published?.book.series
  return html`<li><a href="/books/${id}"><img src="/books/${id}/cover.svg?${published?.edition}" alt="" width="180" height="270" loading="lazy"><b>${title}</b>
<span>${series ? `${series.title}, ${series.number} of ${series.of}` : count(published?.book.chapters.length ?? 0, 'chapter')}</span></a></li>`
}

const emptyShelf = html`<div class="empty"><p>A book is written by a process of its own, chapter by chapter. Close the page, stop the server: it goes on. Pull the plug: <b>Resume</b> goes on after the last chapter that was saved. Nobody ever sees half a book.</p>
<a class="button primary" href="/new">Write the first one</a></div>`
