// What is around every page: head, navigation, who writes. Draws; knows no request.
import { html } from 'hono/html'
import type { App } from '../app.ts'
import { nameOf, ngramName } from '../writer/writer.ts'

export type Html = ReturnType<typeof html>

export function framed({ settings }: App, title: string, main: Html): Html {
  const link = (to: string, text: string) => html`<a href="${to}"${text === title ? html` aria-current="page"` : ''}>${text}</a>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – bookapp</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/holdfast/elements.js"></script>
</head>
<body>
<header class="top"><a class="logo" href="/">bookapp</a>
<nav aria-label="Pages">${link('/', 'Shelf')}${link('/new', 'New book')}</nav>
<holdfast-indicator class="push"></holdfast-indicator><a class="quiet" href="/holdfast/">Dashboard</a></header>
<main><holdfast-fresh id="page">${main}</holdfast-fresh></main>
<footer class="foot">${writerLine(nameOf(settings.writer))}</footer>
<holdfast-toasts on="failed stalled interrupted"></holdfast-toasts>
</body>
</html>`
}

/** What the n-gram is has to be said: nobody is to take it for a language model that failed. */
function writerLine(name: string): Html {
  return name === ngramName
    ? html`The writer is <b>${name}</b>: words in the order in which Melville had them, drawn with a seed. It has a sound and no sense, and reads no wishes. For a language model set <code>OPENAI_BASE_URL</code> and <code>OPENAI_MODEL</code>.`
    : html`The writer is <b>${name}</b>, a language model.`
}

export function messagePage(title: string, text: string): Html {
  return html`<header class="head"><h1>${title}</h1><p class="lead">${text}</p></header><p class="actions"><a class="button" href="/">Back to the shelf</a></p>`
}

export const count = (amount: number, one: string): string => `${amount.toLocaleString('en-US')} ${one}${amount === 1 ? '' : 's'}`

/** "12 March at 21:04". */
export const when = (at: number): string =>
  new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })
