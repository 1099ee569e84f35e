// What is around every page: the sidebar with the indicator, which is silent while nothing runs. Knows no posting.
import { html } from 'hono/html'

export type Html = ReturnType<typeof html>

const places = { '/': 'Postings', '/outbox': 'Outbox' }

export interface FrameOptions {
  title: string
  /** Which of the places it is, or belongs to. */
  at?: keyof typeof places
}

export function frame({ title, at }: FrameOptions, main: Html): Html {
  const link = ([path, name]: [string, string]) =>
    html`<li><a href="${path}"${path === at ? html` aria-current="page"` : ''}>${name}</a></li>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – jobhunt</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/holdfast/elements.js"></script>
<script type="module" src="/page.js"></script>
</head>
<body>
<header class="side">
<a class="brand" href="/">jobhunt</a>
<nav aria-label="Pages"><ul>${Object.entries(places).map(link)}</ul></nav>
<holdfast-indicator noun="task tasks" show="lines"></holdfast-indicator>
<a class="behind" href="/holdfast/">Dashboard</a>
</header>
<main><holdfast-fresh id="page">${main}</holdfast-fresh></main>
</body>
</html>`
}

/** "24 November". */
export const day = (instant: number | string): string => new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })

/** "24 November, 14:23". */
export const moment = (instant: number): string =>
  `${day(instant)}, ${new Date(instant).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`

export const counted = (amount: number, one: string, several = `${one}s`): string => `${amount} ${amount === 1 ? one : several}`
