// The pages that list, postings and outbox, and the one that says why there is no page. Draws what it is given; knows no request.
import { html } from 'hono/html'
import type { Standing } from '../app.ts'
import { fileOf, subjectOf } from '../mail.ts'
import { companies, findPosting } from '../postings.ts'
import type { Letter } from '../results.ts'
import { counted, day, frame, type Html, moment } from './frame.ts'

export function postingsPage(standings: Standing[]): Html {
  return frame(
    { title: 'Postings', at: '/' },
    html`<header class="head"><h1>Postings</h1><p class="lead">${counted(standings.length, 'opening')} at ${counted(companies.length, 'company', 'companies')}, newest first.</p></header>
<ul class="rows">${standings.map(row)}</ul>`,
  )
}

function row({ posting, research, letter, jobs }: Standing): Html {
  return html`<li>
<div><a class="name" href="/postings/${posting.id}">${posting.title}</a><p>${posting.company.name} · ${posting.place}</p></div>
<p class="marks">${researchMark(research, jobs['company-research'])}${letterMark(letter, jobs['cover-letter'])}</p>
<time datetime="${posting.postedOn}">${day(posting.postedOn)}</time>
</li>`
}

function researchMark(research: Standing['research'], job: Standing['jobs']['company-research']): Html {
  if (job?.active) return mark('busy', 'Researching…')
  if (job?.condition === 'failed') return mark('bad', `Research ${job.last?.state}`)
  return research === null ? mark('none', 'Not researched') : mark('good', counted(research.facts.length, 'fact'))
}

function letterMark(letter: Standing['letter'], job: Standing['jobs']['cover-letter']): Html {
  if (job?.active) return mark('busy', 'Writing…')
  if (job?.condition === 'failed') return mark('bad', `Letter ${job.last?.state}`)
  if (letter === null) return mark('none', 'No letter')
  return letter.approvedAt === null ? mark('draft', 'Draft') : mark('good', 'In the outbox')
}

const mark = (look: string, words: string): Html => html`<span class="mark ${look}">${words}</span>`

/** Letters on a page of the outbox. */
export const mostShown = 50

/** `letters`: those from the one with number `from` on, and one more than are shown where there are older ones. */
export function outboxPage(letters: Letter[], from: number): Html {
  const older = letters.length > mostShown && html`<p class="acts"><a class="button" href="/outbox?from=${from + mostShown}">Older</a></p>`
  return frame(
    { title: 'Outbox', at: '/outbox' },
    html`<header class="head"><h1>Outbox</h1><p class="lead">Approved letters, as mails that your mail program opens as drafts. Nothing is sent from here.</p></header>
${letters.length === 0 ? html`<p class="empty">Nothing yet. A letter comes here when it is approved.</p>` : html`<ul class="rows">${letters.slice(0, mostShown).map(mail)}</ul>${older}`}`,
  )
}

function mail(letter: Letter): Html {
  const approvedAt = letter.approvedAt ?? 0
  return html`<li>
<details><summary class="name">${subjectOf(letter)}</summary><pre class="sheet">${letter.text}</pre></details>
<div><p>${findPosting(letter.posting)?.company.name ?? 'This posting is not listed any more.'}</p><p>${letter.recipient ?? 'No address is known; research finds one where the site names it.'}</p></div>
<p class="end"><a href="/outbox/${letter.job}" download="${fileOf(letter)}">Mail</a><time datetime="${new Date(approvedAt).toISOString()}">${moment(approvedAt)}</time></p>
</li>`
}

export const faultPage = (title: string, sentence: string): Html =>
  frame(
    { title },
    html`<header class="head"><p class="above"><a href="/">Postings</a></p><h1>${title}</h1><p class="lead">${sentence}</p></header>`,
  )
