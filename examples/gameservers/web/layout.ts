// The frame of every page, and the small parts that several have. Draws; knows no request.
import { html } from 'hono/html'
import { reaches, roles, type Visitor } from './visitor.ts'

export type Html = ReturnType<typeof html>

interface Frame {
  title: string
  visitor: Visitor | null
  /** Whose link is the current one. */
  at?: string
}

export function page({ title, visitor, at }: Frame, main: Html): Html {
  const link = (to: string, text: string) => html`<a href="${to}"${to === at ? html` aria-current="page"` : ''}>${text}</a>`
  const isCrew = reaches(visitor, 'operator')
  const operations = 'install initialize start stop delete'
  const links = [
    link('/', 'Servers'),
    isCrew ? [link('/jobs', 'Jobs'), link('/blueprint', 'Blueprint')] : '',
    reaches(visitor, 'admin') ? link('/admin', 'Admin') : '',
  ]
  const who = visitor
    ? html`<form method="post" action="/sign-out" class="who"><span>${visitor.name}<small>${roles[visitor.role]}</small></span><button class="quiet">Sign out</button></form>`
    : html`<a class="who" href="/sign-in">Sign in</a>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – gameservers</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
${isCrew ? html`<script type="module" src="/holdfast/elements.js"></script>` : ''}
</head>
<body>
<header class="top"><a class="logo" href="/">gameservers</a><nav aria-label="Pages">${links}</nav>
<div class="push">${isCrew ? html`<holdfast-indicator href="/jobs" kinds="${operations}"></holdfast-indicator>` : ''}${who}</div></header>
<main>${isCrew ? html`<holdfast-fresh id="page" kinds="${operations} server">${main}</holdfast-fresh>` : main}</main>
${isCrew ? html`<holdfast-toasts kinds="${operations} server"></holdfast-toasts>` : ''}
</body>
</html>`
}

/** A state in a word and a colour. */
export const badge = (word: string): Html => html`<span class="badge" data-look="${word}">${word}</span>`

export const at = (instant: number): Html =>
  html`<time datetime="${new Date(instant).toISOString()}">${new Date(instant).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })}</time>`
