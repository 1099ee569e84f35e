// The pages for what was not done: nothing there, not allowed, busy, broken; and for a letter that was not kept as it was sent, with all
// that was typed. Knows no request.
import { html } from 'hono/html'
import { fileOf } from '../outbox.ts'
import type { Posting } from '../postings.ts'
import type { Letter } from '../results.ts'
import { frame, type Html, moment } from './frame.ts'
import { letterForm, letterText } from './letter-form.ts'

const faults = {
  403: ['Not from there', 'This was sent from another site, so nothing was done. Open the page here, and press the button again.'],
  404: ['There is no such page', 'Perhaps the address has a slip, or the posting is gone.'],
  500: ['Something broke', 'That is a fault of jobhunt. What it says stands in the terminal; tasks that run are not touched by it.'],
  503: ['Busy just now', 'Another program holds the tables of jobhunt. Nothing is lost. Load the page again in a moment.'],
} as const

export function faultPage(status: keyof typeof faults): Html {
  const [title, sentence] = faults[status]
  return frame({ title, at: null, waiting: 0 }, head(title, sentence))
}

export interface NotKept {
  job: number
  typed: string
  /** What it was typed into. */
  version: string
  /** Absent where it is not known. */
  posting?: Posting
}

/** The text was too long or empty, or the tables are held: it can be sent again from here. */
export function typedPage({ job, typed, version, posting }: NotKept, { title, sentence }: { title: string; sentence: string }): Html {
  return frame(
    { title, at: '/', waiting: 0 },
    html`${head(title, sentence, posting)}
<section class="panel alone"><h2>Your letter</h2>${letterForm({ job, version, text: typed })}</section>`,
  )
}

/** Somebody else has changed or approved it since: both are there, and it is for the person to choose. */
export function conflictPage({ typed, posting }: { typed: string; posting: Posting }, saved: Letter): Html {
  const { job, version, approvedAt, editedAt, madeAt } = saved
  const isApproved = approvedAt !== null
  const title = isApproved ? 'Approved in the meantime' : 'Changed in the meantime'
  const sentence = isApproved
    ? 'The letter was approved from another window, and does not change any more. What you typed is still here, to be copied.'
    : 'The letter was changed from another window after you opened it. Nothing is lost: both are here, and you choose.'
  const kept = isApproved
    ? html`<p class="approved">In the <a href="/outbox">outbox</a> since ${moment(approvedAt)} as <code>${fileOf(saved)}</code></p>`
    : html`<p class="acts"><a class="button" href="/postings/${posting.id}#letter">Keep this one</a><span class="quiet">Saved ${moment(editedAt ?? madeAt)}.</span></p>`
  return frame(
    { title, at: '/', waiting: 0 },
    html`${head(title, sentence, posting)}
<div class="both"><section class="panel" id="typed"><h2>What you typed</h2>
${isApproved ? letterText(typed) : letterForm({ job, version, text: typed })}</section>
<section class="panel" id="saved"><h2>${isApproved ? 'What was approved' : 'What is saved'}</h2><pre class="sheet">${saved.text}</pre>${kept}</section></div>`,
  )
}

const head = (title: string, sentence: string, posting?: Posting): Html =>
  html`<header class="head"><p class="above">${posting === undefined ? html`<a href="/">Postings</a>` : html`<a href="/postings/${posting.id}#letter">${posting.title}</a>`}</p>
<h1>${title}</h1><p class="lead">${sentence}</p></header>`
