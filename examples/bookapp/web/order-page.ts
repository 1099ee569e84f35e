// The form for a new book or series. Works without JavaScript; what is wrong is said at the field. Draws; knows no request.
import { html } from 'hono/html'
import type { App } from '../app.ts'
import { bounds, longest } from '../order.ts'
import { nameOf, ngramName } from '../writer/writer.ts'
import type { Html } from './frame.ts'

export type Asked = Record<string, string>

export function orderPage({ settings }: App, { asked, problems }: { asked: Asked; problems: Asked }): Html {
  const isNgram = nameOf(settings.writer) === ngramName
  const field = (name: string, label: string, { help, control }: { help: string; control: Html }) =>
    html`<div class="field"><label for="${name}">${label}</label>${control}
<p class="help" id="${name}-help">${problems[name] ? html`<b class="bad">${problems[name]}.</b>` : help}</p></div>`
  const described = (name: string) => html`aria-describedby="${name}-help"${problems[name] ? html` aria-invalid="true"` : ''}`
  const number = (name: keyof typeof bounds, first: number) => {
    const [least, most] = bounds[name]
    return html`<input id="${name}" name="${name}" type="number" inputmode="numeric" required min="${least}" max="${most}" value="${asked[name] ?? first}" ${described(name)}>`
  }
  return html`<header class="head"><h1>New book</h1><p class="lead">It is written by itself. You can leave the page as soon as it is ordered.</p>${problems.id ? html`<p class="bad" role="alert">${problems.id}.</p>` : ''}</header>
<form class="order" method="post" action="/books">
<input type="hidden" name="id" value="${asked.id ?? ''}">
${field('title', 'Title', {
  help: 'Of the book, or of the series',
  control: html`<input id="title" name="title" required maxlength="${longest.title}" value="${asked.title ?? ''}" autocomplete="off" ${described('title')}>`,
})}
${field('premise', 'What it is about', {
  help: isNgram ? 'The n-gram cannot read it; a language model can' : 'A sentence or a page; may be left empty',
  control: html`<textarea id="premise" name="premise" rows="4" maxlength="${longest.premise}" ${described('premise')}>${asked.premise ?? ''}</textarea>`,
})}
<div class="fields">
${field('chapters', 'Chapters', { help: '1 to 40, in each book', control: number('chapters', 8) })}
${field('words', 'Words a chapter', { help: 'About so many', control: number('words', 700) })}
${field('books', 'Books', { help: 'More than one make a series', control: number('books', 1) })}
${field('seed', 'Seed', {
  help: 'The same seed, the same book',
  control: html`<input id="seed" name="seed" maxlength="${longest.seed}" value="${asked.seed ?? ''}" autocomplete="off" placeholder="by chance" ${described('seed')}>`,
})}</div>
<p><button class="button primary">Write it</button></p>
</form>`
}
