// The pages that list: postings, companies, outbox. Draws what it is given; knows no request and no Holdfast.
import { html } from 'hono/html'
import type { Standing } from '../app.ts'
import { fileOf, subjectOf } from '../outbox.ts'
import { type Company, companies, postingOf } from '../postings.ts'
import type { Letter } from '../results.ts'
import { counted, day, frame, type Html, moment } from './frame.ts'

export function postingsPage(standings: Standing[], waiting: number): Html {
  return frame(
    { title: 'Postings', at: '/', waiting },
    html`<header class="head"><h1>Postings</h1><p class="lead">${counted(standings.length, 'opening')} at ${counted(companies.length, 'company', 'companies')}, newest first.</p></header>
<ul class="rows">${standings.map(row)}</ul>`,
  )
}

function row(standing: Standing): Html {
  const { posting } = standing
  return html`<li>
<div><a class="name" href="/postings/${posting.id}">${posting.title}</a><p>${posting.company.name} · ${posting.place}</p></div>
<p class="marks">${researchMark(standing)}${letterMark(standing)}</p>
<time datetime="${posting.postedOn}">${day(posting.postedOn)}</time>
</li>`
}

function researchMark({ research, jobs: { 'company-research': job } }: Standing): Html {
  if (job?.active) return mark('busy', 'Researching…')
  if (job?.condition === 'failed') return mark('bad', 'Research failed')
  return research === null ? mark('none', 'Not researched') : mark('good', counted(research.facts.length, 'fact'))
}

function letterMark({ letter, jobs: { 'cover-letter': job } }: Standing): Html {
  if (job?.active) return mark('busy', 'Writing…')
  if (job?.condition === 'failed') return mark('bad', 'Letter failed')
  if (letter === null) return mark('none', 'No letter')
  return letter.approvedAt === null ? mark('draft', 'Draft') : mark('good', 'In the outbox')
}

const mark = (look: string, words: string): Html => html`<span class="mark ${look}">${words}</span>`

export function companiesPage(standings: Standing[], sites: string, waiting: number): Html {
  return frame(
    { title: 'Companies', at: '/companies', waiting },
    html`<header class="head"><h1>Companies</h1><p class="lead">What their own sites say, as far as it was read. All of them are invented.</p></header>
<div class="cards">${companies.map((company) => card(company, standings, sites))}</div>`,
  )
}

const shown = ['What they do', 'Since', 'Team', 'Pay']

function card({ id, name, place }: Company, standings: Standing[], sites: string): Html {
  const own = standings.filter(({ posting }) => posting.company.id === id)
  const [newest] = own.flatMap(({ research }) => research ?? []).sort((a, b) => b.job - a.job)
  const facts = newest?.facts.filter(({ topic }) => shown.includes(topic)) ?? []
  const known = facts.map(({ topic, text }) => html`<dt>${topic}</dt><dd>${text}</dd>`)
  return html`<section class="card"><h2>${name}</h2><p class="quiet">${place} · <a href="${sites}/${id}/">site</a></p>
${facts.length > 0 ? html`<dl>${known}</dl>` : html`<p class="empty">Nothing was read yet. Research starts on the page of an opening.</p>`}
<ul class="links">${own.map(({ posting }) => html`<li><a href="/postings/${posting.id}">${posting.title}</a></li>`)}</ul></section>`
}

export function outboxPage(letters: Letter[], folder: string): Html {
  return frame(
    { title: 'Outbox', at: '/outbox', waiting: letters.length },
    html`<header class="head"><h1>Outbox</h1><p class="lead">Approved letters, as mails that your mail program opens as drafts. Nothing is sent from here.</p></header>
${letters.length === 0 ? html`<p class="empty">Nothing yet. A letter comes here when it is approved.</p>` : html`<ul class="rows">${letters.map(mail)}</ul>`}
<p class="foot">Folder: <code>${folder}</code></p>`,
  )
}

function mail(letter: Letter): Html {
  const { title, company } = postingOf(letter.posting)
  return html`<li>
<details><summary class="name">${subjectOf(title)}</summary><pre class="sheet">${letter.text}</pre></details>
<div><p>${company.name}</p><p>${letter.recipient ?? 'No address is known; research finds one where the site names it.'}</p></div>
<p class="end"><a href="/outbox/${letter.job}" download="${fileOf(letter)}">Mail</a><time datetime="${new Date(letter.approvedAt ?? 0).toISOString()}">${moment(letter.approvedAt ?? 0)}</time></p>
</li>`
}
