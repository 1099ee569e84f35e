// One posting: what it says, what is known of the company, and the letter. Two buttons, two cards; the elements keep them true. And the page
// for a letter that was not kept as it was sent.
import { html } from 'hono/html'
import type { Standing } from '../app.ts'
import type { Fact, Letter, Research } from '../results.ts'
import { counted, day, frame, type Html, moment } from './frame.ts'

export const longestLetter = 20_000

/** With one of its letters, of all that there are by number. */
export function postingPage({ posting, research, letter, letters }: Omit<Standing, 'jobs'> & { letters: number[] }): Html {
  const input = JSON.stringify({ posting: posting.id })
  return frame(
    { title: posting.title, at: '/' },
    html`<header class="head"><p class="above"><a href="/">Postings</a></p><h1>${posting.title}</h1>
<p class="lead">${posting.company.name} · ${posting.place} · posted ${day(posting.postedOn)}</p></header>
<div class="two">
<div class="known">
<section class="panel"><h2>The posting</h2><p class="posting">${posting.text}</p></section>
<section class="panel research" id="research"><header><h2>Company</h2>
<holdfast-start kind="company-research" key="${posting.id}" input="${input}" label="${research === null ? 'Research' : 'Refresh'}" busy-label="Researching…"></holdfast-start></header>
<holdfast-job kind="company-research" key="${posting.id}" compact></holdfast-job>
${found(research)}</section>
</div>
<section class="panel" id="letter"><header><h2>Cover letter</h2>
<holdfast-start kind="cover-letter" key="${posting.id}" input="${input}" label="${letter === null ? 'Write a letter' : 'Write another'}" busy-label="Writing…"></holdfast-start></header>
<holdfast-job kind="cover-letter" key="${posting.id}" compact></holdfast-job>
${written(letter)}${letters.length > 1 ? allOf(letters) : ''}</section>
</div>`,
  )
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
  const { job, writer, madeAt, editedAt } = letter
  const made = html`<p class="made">Written by ${writer}, ${moment(madeAt)}, task ${job}${editedAt === null ? '' : `; changed ${moment(editedAt)}`}</p>`
  return letter.approvedAt === null ? form(letter, made) : html`${approved(letter)}${made}`
}

/** The one that is shown too: a page in which somebody types may show another one than the server would. */
const allOf = (letters: number[]): Html =>
  html`<p class="made">All letters: ${letters.map((job, index) => html`${index > 0 ? ', ' : ''}<a href="/letters/${job}#letter">task ${job}</a>`)}</p>`

const approved = ({ text, approvedAt }: Letter): Html =>
  html`<pre class="sheet">${text}</pre><p class="approved">In the <a href="/outbox">outbox</a> since ${moment(approvedAt ?? 0)}</p>`

type Typed = Pick<Letter, 'job' | 'version' | 'text'>

/**
 * `version` says what was there when somebody began to type: who sends it back overwrites nothing that came between. `made` stays with what is
 * typed when a newer letter is drawn around it.
 */
const form = ({ job, version, text }: Typed, made: Html | '' = ''): Html =>
  html`<form method="post" action="/letters/${job}"><input type="hidden" name="version" value="${version}">${textarea(text)}
<p class="note" role="status" hidden></p>
<div class="acts"><button class="primary" name="verdict" value="approve">Approve</button><button name="verdict" value="save">Save changes</button><span class="quiet">Approving puts it into the outbox. Nothing is sent.</span></div>${made}</form>`

/** The first line break behind the tag is none of the text's. */
const textarea = (text: string): Html => html`<label class="sr" for="text">The letter</label>
<textarea class="sheet" id="text" name="text" required maxlength="${longestLetter}" rows="22" spellcheck="true">
${text}</textarea>`

export interface NotKept {
  title: string
  sentence: string
  typed: Typed
  /** What somebody else has made of it meanwhile: both are there, and it is for the person to choose. */
  saved?: Letter
}

export function notKeptPage({ title, sentence, typed, saved }: NotKept): Html {
  const other =
    saved &&
    html`<section class="panel" id="saved"><h2>What is saved</h2>
${saved.approvedAt === null ? html`<pre class="sheet">${saved.text}</pre><p class="acts"><a class="button" href="/letters/${saved.job}#letter">Keep this one</a></p>` : approved(saved)}</section>`
  return frame(
    { title, at: '/' },
    html`<header class="head"><p class="above"><a href="/letters/${typed.job}#letter">Back to the letter</a></p><h1>${title}</h1><p class="lead">${sentence}</p></header>
<div class="both"><section class="panel" id="typed"><h2>What you typed</h2>
${saved?.approvedAt == null ? form(typed) : textarea(typed.text)}</section>${other}</div>`,
  )
}
