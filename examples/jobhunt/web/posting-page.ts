// One posting: what it says, what is known of the company, and the letter. Two buttons, two cards; the elements keep them true.
import { html } from 'hono/html'
import type { Standing } from '../app.ts'
import { fileOf } from '../outbox.ts'
import type { Fact, Letter, Research } from '../results.ts'
import { counted, day, frame, type Html, moment } from './frame.ts'
import { letterForm } from './letter-form.ts'

export function postingPage(standing: Standing, waiting: number): Html {
  const { posting, research, letter } = standing
  return frame(
    { title: posting.title, at: '/', waiting },
    html`<header class="head"><p class="above"><a href="/">Postings</a></p><h1>${posting.title}</h1>
<p class="lead">${posting.company.name} · ${posting.place} · posted ${day(posting.postedOn)}</p></header>
<div class="two">
<div class="known">
<section class="panel"><h2>The posting</h2><p class="posting">${posting.text}</p></section>
${panel(standing, { kind: 'company-research', id: 'research', title: 'Company', first: 'Research', again: 'Refresh', busy: 'Researching…' }, found(research))}
</div>
${panel(standing, { kind: 'cover-letter', id: 'letter', title: 'Cover letter', first: 'Write a letter', again: 'Write another', busy: 'Writing…' }, written(letter))}
</div>`,
  )
}

interface Panel {
  kind: keyof Standing['jobs']
  id: 'research' | 'letter'
  title: string
  first: string
  again: string
  busy: string
}

function panel({ posting, ...made }: Standing, { kind, id, title, first, again, busy }: Panel, result: Html): Html {
  return html`<section class="panel ${id}" id="${id}"><header><h2>${title}</h2>
<holdfast-start kind="${kind}" key="${posting.id}" input="${JSON.stringify({ posting: posting.id })}" label="${made[id] === null ? first : again}" busy-label="${busy}"></holdfast-start></header>
<holdfast-job kind="${kind}" key="${posting.id}" compact></holdfast-job>
${result}</section>`
}

function found(research: Research | null): Html {
  if (research === null)
    return html`<p class="empty">Nothing is known yet. Research reads the company’s own site, page by page, and keeps what answers your questions.</p>`
  const fact = ({ topic, text, source }: Fact) =>
    html`<dt>${topic}</dt><dd>${text} <a href="${source}">${new URL(source).pathname.split('/').pop() || 'home'}</a></dd>`
  return html`<dl class="facts">${research.facts.map(fact)}</dl>
<p class="made">${counted(research.facts.length, 'fact')} from ${counted(research.pages, 'page')}, ${moment(research.madeAt)}, task ${research.job}</p>`
}

function written(letter: Letter | null): Html {
  if (letter === null)
    return html`<p class="empty">There is no letter yet. It is written from the posting, from what you have done, and from what is known of the company.</p>`
  const { job, text, version, writer, madeAt, editedAt, approvedAt } = letter
  const by = html`<p class="made">Written by ${writer}, ${moment(madeAt)}, task ${job}${editedAt === null ? '' : `; changed ${moment(editedAt)}`}</p>`
  if (approvedAt !== null)
    return html`<pre class="sheet">${text}</pre><p class="approved">In the <a href="/outbox">outbox</a> since ${moment(approvedAt)} as <code>${fileOf(letter)}</code></p>${by}`
  return html`${letterForm({ job, text, version })}${by}`
}
