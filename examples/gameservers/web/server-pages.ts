// Servers: the list that everybody sees, and the page of one with its console. Draws what it is given.
import { html } from 'hono/html'
import type { Blueprint, Server } from '../database.ts'
import { type Operation, operatedOn, operations, runningOf, type Standing } from '../kinds.ts'
import { at, badge, type Html, page } from './layout.ts'
import { reaches, type Visitor } from './visitor.ts'

type ListView = { visitor: Visitor | null; servers: Server[]; isInstalled: boolean }

export function serversPage({ visitor, servers, isInstalled }: ListView): Html {
  const isCrew = reaches(visitor, 'operator')
  const cards = servers.map(
    (server) => html`<li class="card server" data-look="${server.condition}">
<h2>${isCrew ? html`<a href="/servers/${server.id}">${server.name}</a>` : server.name}</h2>${badge(server.condition)}
<dl><dt>Address</dt><dd><code>127.0.0.1:${server.port}</code></dd><dt>Players</dt><dd>${server.players ?? '–'}</dd></dl>
${isCrew && server.lastError !== null ? html`<p class="error">${server.lastError}</p>` : ''}</li>`,
  )
  const hint = html`<p class="notice">The game is not installed yet. ${reaches(visitor, 'admin') ? html`<a href="/admin">Install it</a> first.` : 'An admin does that.'}</p>`
  return page(
    { title: 'Servers', visitor, at: '/' },
    html`<h1>Servers</h1>${isCrew && !isInstalled ? hint : ''}
<div>${servers.length === 0 ? html`<p class="lead">There is no server yet.</p>` : html`<ul class="servers">${cards}</ul>`}</div>
${reaches(visitor, 'admin') ? newServer : ''}`,
  )
}

const newServer = html`<form method="post" action="/servers" class="card say"><label for="name">Another server</label>
<input id="name" name="name" required maxlength="40" autocomplete="off" placeholder="Its name"><button class="primary">Add</button></form>`

/** With how its operations and itself stand. */
type ServerView = { visitor: Visitor; server: Server; blueprint: Blueprint; kinds: Standing }

export function serverPage({ visitor, server, blueprint, kinds }: ServerView): Html {
  const { id, name, port, condition, players, revision, runtime, lookedAt, lastError, lastErrorJob } = server
  const active = operatedOn(kinds)
  const isUp = runningOf(kinds) !== null
  const wasStarted = isUp || kinds.some(({ kind, last }) => kind === 'server' && last !== null)
  const busy = active[0] ? `${operations[active[0].kind as Operation].title} is under way (job ${active[0].id})` : null
  const next =
    revision !== null && revision < blueprint.revision ? html` <em>revision ${blueprint.revision} takes effect at the next start</em>` : ''
  return page(
    { title: name, visitor, at: '/' },
    html`<p class="crumb"><a href="/">Servers</a></p>
<div><header class="head"><h1>${name}</h1>${badge(condition)}<div class="actions">${actions(server, isUp, busy)}</div></header>
${busy ? html`<p class="why">${busy}.</p>` : ''}
${lastError === null ? '' : html`<p class="error">${lastError} <a href="/jobs/${lastErrorJob}">Job ${lastErrorJob}</a></p>`}
${active.map((job) => html`<holdfast-job id="job-${job.id}" job="${job.id}" compact actions="off"></holdfast-job>`)}
<dl class="card"><dt>Address</dt><dd><code>127.0.0.1:${port}</code></dd><dt>Players</dt><dd>${players ?? '–'}</dd>
<dt><a href="/blueprint">Blueprint</a></dt><dd>revision ${revision ?? blueprint.revision}${next}</dd>
<dt>Runtime</dt><dd>${runtime ?? 'none'}</dd><dt>Looked at</dt><dd>${lookedAt === null ? '–' : at(lookedAt)}</dd></dl></div>
<h2>Console</h2><div>${
      wasStarted
        ? html`<holdfast-log kind="server" key="${id}" lines="18"></holdfast-log>`
        : html`<p class="lead">It has not been started yet. What it says will stand here.</p>`
    }</div>
<div>${isUp ? sayForm(id) : ''}</div>`,
  )
}

const sayForm = (id: number): Html =>
  html`<form method="post" action="/servers/${id}/console" class="say"><label for="command">Command</label>
<input id="command" name="command" required maxlength="400" autocomplete="off" placeholder="say Good evening" spellcheck="false"><button>Send</button></form>`

/** Each is a form that is one button; `why` says why it cannot be pressed now. */
function actions({ id, condition }: Server, isUp: boolean, busy: string | null): Html[] {
  const of = (operation: Operation, look: string, why: string | null) =>
    html`<form method="post" action="/servers/${id}/${operation}"><button class="${look}"${(busy ?? why) ? html` disabled title="${busy ?? why}"` : ''}>${operations[operation].title}</button></form>`
  const remove = of('delete', 'danger', condition === 'not set up' ? 'It has no files' : null)
  return [
    of('start', isUp ? '' : 'primary', isUp ? 'It runs already' : null),
    of('stop', '', isUp ? null : 'It does not run'),
    of('initialize', '', isUp ? 'It runs: it is set up again at its next start' : null),
    busy !== null || condition === 'not set up' ? remove : sure(remove),
  ]
}

/** What cannot be undone is asked twice. */
const sure = (form: Html): Html =>
  html`<details><summary>Delete…</summary><div><p>It is stopped, and its files are removed. Its jobs and its place in the list stay.</p>${form}</div></details>`
