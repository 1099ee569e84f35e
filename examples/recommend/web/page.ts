// The one page: tonight's films, the settings and the rebuild card. Draws a view; knows no request and no Holdfast.
import { html } from 'hono/html'
import type { Pick } from '../index/recommend.ts'
import { bounds, type Settings } from '../settings.ts'
import { count, when } from './format.ts'
import { frames, posters } from './poster.ts'
import { type Html, iconOf, rebuildCard, spoken } from './rebuild-card.ts'
import type { RebuildState } from './rebuild-state.ts'

export interface View {
  state: RebuildState
  picks: Pick[]
  /** Films in the index and watched ones; null before the first. */
  size: { films: number; watched: number } | null
  saved: Settings
  /** The settings were saved by the request before this one. */
  justSaved: boolean
}

export function page(view: View): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>recommend</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="style.css">
<script type="module" src="page.js"></script>
</head>
<body>
${icons}
<header class="hosthead"><a class="logo" href="./">recommend</a><nav aria-label="Pages"><a href="./" aria-current="page">For you</a><a href="#settings">Settings</a></nav><a class="push" href="holdfast/">Dashboard</a></header>
<p class="sr" role="status" id="say">${spoken(view.state)}</p>
<p class="offline" id="offline" role="status" hidden></p>
<main>${main(view)}</main>
<footer class="foot">Films from <a href="https://github.com/vega/vega-datasets">vega-datasets</a>. Watch events are generated: nobody really watched these.</footer>
</body>
</html>`
}

/** What changes when a rebuild begins or ends. */
function main(view: View): Html {
  const head = html`<header class="rh"><h1>For you tonight</h1><p class="lead">${lead(view)}</p></header>`
  if (view.size === null) return html`<section>${head}<div class="first">${rebuildCard(view.state)}${promises}</div>${frames(12)}</section>`
  return html`<section>${head}${posters(view.picks)}</section>${settings(view)}`
}

const promises = html`<ul>${[
  'Refresh, or open a second tab: both show the same.',
  'Close the page or stop the server: it goes on.',
  'If it fails, nothing half-built is ever shown.',
].map((promise) => html`<li>${iconOf('tick')}<span>${promise}</span></li>`)}</ul>`

function lead({ state, size }: View): Html {
  const { condition, index, publishedAt, now, changes } = state
  if (size === null) {
    if (condition === 'rebuilding') return html`The first index is being built. Films appear here by themselves.`
    return condition === 'failed'
      ? html`The first index could not be built, so there is nothing to show yet.`
      : html`There is no index yet.`
  }
  const more =
    condition === 'rebuilding'
      ? html` <a href="#rebuild">A new one is being built.</a>`
      : changes.length > 0
        ? html` <a href="#settings">Your settings are not in it yet.</a>`
        : ''
  return html`From index ${index}, built ${when(publishedAt ?? now, now)}: ${count(size.films)} films, ${size.watched} of them watched.${more}`
}

function settings({ state, saved, justSaved }: View): Html {
  const pending = new Set(state.changes.map(({ name }) => name))
  const field = (name: keyof Settings, texts: { label: string; help: string }) =>
    setting({ name, ...texts, value: saved[name], pending: pending.has(texts.label.toLowerCase()) })
  return html`<section id="settings" class="rsec"><header class="rh"><h2>Settings</h2><p class="lead">Saving never starts a rebuild.</p></header>
<div class="sets"><form method="post" action="settings">
<fieldset class="card"><legend>Apply at once</legend>
${field('results', { label: 'Results on a page', help: 'How many films are shown' })}
${field('variety', { label: 'Variety', help: '0 is more of the same, 100 is a surprise' })}</fieldset>
<fieldset class="card"><legend>Need a rebuild</legend>
${field('minVotes', { label: 'Minimum votes', help: 'Films with fewer are left out' })}
${field('neighbours', { label: 'Neighbours kept', help: 'More to choose from, slower to build' })}</fieldset>
<div class="saverow"><button class="btn primary">Save settings</button>${justSaved ? savedLine(state) : ''}</div>
</form>${rebuildCard(state)}</div></section>`
}

const savedLine = ({ settings }: RebuildState): Html =>
  html`<span class="state" data-state="succeeded" role="status">${iconOf('tick')}Saved as settings ${settings}; nothing was started</span>`

interface Setting {
  name: keyof Settings
  label: string
  help: string
  value: number
  pending: boolean
}

function setting({ name, label, help, value, pending }: Setting): Html {
  const [min, max] = bounds[name]
  const pill = pending ? html` <span class="pill" data-state="required">${iconOf('required')}not in the index</span>` : ''
  const input = html`<input id="${name}" name="${name}" type="number" inputmode="numeric" required min="${min}" max="${max}" value="${value}" aria-describedby="${name}-help">`
  return html`<div class="set"><div><label for="${name}">${label}</label>${pill}<p class="quiet" id="${name}-help">${help}</p></div>${input}</div>`
}

const icons = html`<svg class="sprite" aria-hidden="true">
<symbol id="arc" viewBox="0 0 16 16"><path d="M8 2a6 6 0 1 1-5.7 4.1"/></symbol>
<symbol id="tick" viewBox="0 0 16 16"><path d="M3 8.5 6.5 12 13 4.5"/></symbol>
<symbol id="cross" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="m6 6 4 4M10 6l-4 4"/></symbol>
<symbol id="slash" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="m4 12 8-8"/></symbol>
<symbol id="ring" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" stroke-dasharray="2.2 2.5"/></symbol>
<symbol id="broken" viewBox="0 0 16 16"><path d="M6.5 4.5 8 3a3.5 3.5 0 0 1 5 5l-1.5 1.5M9.5 11.5 8 13a3.5 3.5 0 0 1-5-5l1.5-1.5M2.5 2.5l2 2M11.5 11.5l2 2"/></symbol>
<symbol id="required" viewBox="0 0 16 16"><path d="M13.5 6.5A5.8 5.8 0 0 0 3 5M2.5 2.5v3h3M2.5 9.5A5.8 5.8 0 0 0 13 11M13.5 13.5v-3h-3"/></symbol>
</svg>`
