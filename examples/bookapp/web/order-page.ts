// The form for a new book or series. Works without JavaScript; what is wrong is said at the field. Draws; knows no request.
import { html } from 'hono/html'
import type { App } from '../app.ts'
import { bounds, longest } from '../order.ts'
import { nameOf, ngramName } from '../writer/writer.ts'
import type { Html } from './frame.ts'

export type Asked = Record<string, string>

export function orderPage({ settings }: App, { asked, problems }: { asked: Asked; problems: Asked }): Html {
  const isNgram = nameOf(settings.writer) === ngramName
  const field = (name: string, label: string, { help, control }: { help: string; control: (described: Html) => Html }) =>
    html`<div class="field"><label for="${name}">${label}</label>${control(html`id="${name}" name="${name}" aria-describedby="${name}-help"${problems[name] ? html` aria-invalid="true"` : ''}`)}
<p class="help" id="${name}-help">${problems[name] ? html`<b class="bad">${problems[name]}.</b>` : help}</p></div>`
  const text = (name: keyof typeof longest) => (described: Html) =>
    html`<input ${described} maxlength="${longest[name]}" value="${asked[name] ?? ''}" autocomplete="off"${name === 'title' ? html` required` : html` placeholder="by chance"`}>`
  const number = (name: keyof typeof bounds, first: number) => (described: Html) =>
    html`<input ${described} type="number" inputmode="numeric" required min="${bounds[name][0]}" max="${bounds[name][1]}" value="${asked[name] ?? first}">`
  return html`<header class="head"><h1>New book</h1><p class="lead">It is written by itself. You can leave the page as soon as it is ordered.</p>${problems.id ? html`<p class="bad" role="alert">${problems.id}</p>` : ''}</header>
<form class="order" method="post" action="/books">
<input type="hidden" name="id" value="${asked.id ?? ''}">
${field('title', 'Title', { help: 'Of the book, or of the series', control: text('title') })}
${field('premise', 'What it is about', {
  help: isNgram ? 'The n-gram cannot read it; a language model can' : 'A sentence or a page; may be left empty',
  control: (described) => html`<textarea ${described} rows="4" maxlength="${longest.premise}">${asked.premise ?? ''}</textarea>`,
})}
<div class="fields">
${field('chapters', 'Chapters', { help: '1 to 40, in each book', control: number('chapters', 8) })}
${field('words', 'Words a chapter', { help: 'About so many', control: number('words', 700) })}
${field('books', 'Books', { help: 'More than one make a series', control: number('books', 1) })}
${field('seed', 'Seed', { help: 'The same seed, the same book', control: text('seed') })}</div>
<p><button class="button primary">Write it</button></p>
</form>`
}
