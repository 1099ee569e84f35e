// The two pages: tonight's films, and the settings with the rebuild card. Draws a view; knows no request and no Holdfast.
import { html } from 'hono/html'
import type { Library } from '../app.ts'
import type { Pick } from '../index/recommend.ts'
import { bounds, type Settings } from '../settings.ts'
import type { RebuildState } from '../state.ts'
import { count, when } from '../words.ts'
import { card, difference, type Html, iconOf, shareOf, spoken } from './card.ts'
import { frames, posters, sprite } from './poster.ts'

export function homePage({ state, library, picks }: { state: RebuildState; library: Library | null; picks: Pick[] }): Html {
  const head = html`<header class="rh"><h1>For you tonight</h1><p class="lead">${lead(state, library)}</p></header>`
  const films =
    library === null ? html`<div class="first">${card(state)}${promises}</div>${frames(12)}` : html`${notice(state)}${posters(picks)}`
  return page('For you', state, html`${head}${films}`)
}

export function settingsPage({ state, saved, justSaved }: { state: RebuildState; saved: Settings; justSaved: boolean }): Html {
  const pending = new Set(state.changes.map(({ name }) => name))
  const field = (name: keyof Settings, label: string, help: string) =>
    setting({ name, label, help, value: saved[name], isPending: pending.has(label.toLowerCase()) })
  const note = justSaved
    ? html`<span class="state" data-state="succeeded" role="status">${iconOf('tick')}Saved as settings ${state.settings}; nothing was started</span>`
    : ''
  return page(
    'Settings',
    state,
    html`<header class="rh"><h1>Settings</h1><p class="lead">Saving never starts a rebuild.</p></header>
<div class="sets"><form method="post" action="settings">
<fieldset class="card"><legend>Apply at once</legend>
${field('results', 'Results on a page', 'How many films are shown')}
${field('variety', 'Variety', '0 is more of the same, 100 is a surprise')}</fieldset>
<fieldset class="card"><legend>Need a rebuild</legend>
${field('minVotes', 'Minimum votes', 'Films with fewer are left out')}
${field('neighbours', 'Neighbours kept', 'More to choose from, slower to build')}</fieldset>
<div class="saverow"><button class="btn primary">Save settings</button>${note}</div>
</form>${card(state)}</div>`,
  )
}

function page(name: 'For you' | 'Settings', state: RebuildState, main: Html): Html {
  const link = (to: string, text: string) => html`<a href="${to}"${text === name ? html` aria-current="page"` : ''}>${text}</a>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} – recommend</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="style.css">
<script type="module" src="page.js"></script>
</head>
<body>
${icons}
<header class="hosthead"><a class="logo" href="./">recommend</a><nav aria-label="Pages">${link('./', 'For you')}${link('settings', 'Settings')}</nav><a class="push" href="holdfast/">Dashboard</a></header>
<p class="sr" role="status" id="say">${spoken(state)}</p>
<p class="offline" id="offline" role="status" hidden></p>
<main data-condition="${state.condition}" data-say="${spoken(state)}">${main}</main>
<footer class="foot">Films from <a href="https://github.com/vega/vega-datasets">vega-datasets</a>. Watch events are generated: nobody really watched these.</footer>
</body>
</html>`
}

function lead({ condition, index, moved }: RebuildState, library: Library | null): Html {
  if (library === null) {
    if (condition === 'rebuilding') return html`The first index is being built. Films appear here by themselves.`
    if (condition === 'failed') return html`The first index could not be built, so there is nothing to show yet.`
    return html`There is no index yet.`
  }
  const { number, publishedAt, index: used, taste } = library
  const back = moved && number === index ? ` It took the place of index ${moved.from ?? '–'}.` : ''
  return html`From index ${number}, built ${when(publishedAt, Date.now())}: ${count(used.films.length)} films, ${taste.watched.length} of them watched.${back}`
}

/** One line above the films where something is going on; the settings page has the whole. */
function notice(state: RebuildState): Html | '' {
  const { condition, rebuild, changes, index } = state
  if (condition === 'idle' || condition === 'succeeded') return ''
  const share = rebuild && shareOf(rebuild)
  const { icon, look, text } =
    condition === 'rebuilding'
      ? {
          icon: 'arc',
          look: 'building',
          text: html`<b>${spoken(state)}${share === null ? '' : `, ${share} %`}</b> <span>Films come from index ${index} until it is done.</span>`,
        }
      : condition === 'failed'
        ? { icon: 'cross', look: 'failed', text: html`<b>${spoken(state)}</b> <span>Films come from index ${index}, as before.</span>` }
        : { icon: 'required', look: 'required', text: html`<b>Rebuild required</b> ${difference(changes)}` }
  return html`<div class="notice" data-state="${look}">${iconOf(icon)}<div>${text}</div><a href="settings">Settings</a></div>`
}

const promises = html`<ul>${[
  'Refresh, or open a second tab: both show the same.',
  'Close the page or stop the server: it goes on.',
  'If it fails, nothing half-built is ever shown.',
].map((promise) => html`<li>${iconOf('tick')}<span>${promise}</span></li>`)}</ul>`

interface Setting {
  name: keyof Settings
  label: string
  help: string
  value: number
  isPending: boolean
}

function setting({ name, label, help, value, isPending }: Setting): Html {
  const [min, max] = bounds[name]
  const pill = isPending ? html` <span class="pill" data-state="required">${iconOf('required')}not in the index</span>` : ''
  const input = html`<input id="${name}" name="${name}" type="number" inputmode="numeric" required min="${min}" max="${max}" value="${value}" aria-describedby="${name}-help">`
  return html`<div class="set"><div><label for="${name}">${label}</label>${pill}<p class="quiet" id="${name}-help">${help}</p></div>${input}</div>`
}

const icons = sprite('icons.svg')
