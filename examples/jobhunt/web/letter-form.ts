// The form in which a letter is read, changed and approved. Knows no page.
import { html } from 'hono/html'
import type { Letter } from '../results.ts'
import type { Html } from './frame.ts'

export const longestLetter = 20_000

/** `version` says what was there when somebody began to type: who sends it back overwrites nothing that came between. */
export function letterForm({ job, version, text }: Pick<Letter, 'job' | 'version' | 'text'>): Html {
  return html`<form method="post" action="/letters/${job}"><input type="hidden" name="version" value="${version}">
${letterText(text)}
<p class="note" role="status" hidden></p>
<div class="acts"><button class="primary" name="verdict" value="approve">Approve</button><button name="verdict" value="save">Save changes</button><span class="quiet">Approving puts it into the outbox. Nothing is sent.</span></div></form>`
}

/** The first line break behind the tag is none of the text's. */
export const letterText = (text: string): Html => html`<label class="sr" for="text">The letter</label>
<textarea class="sheet" id="text" name="text" required maxlength="${longestLetter}" rows="22" spellcheck="true">
${text}</textarea>`
