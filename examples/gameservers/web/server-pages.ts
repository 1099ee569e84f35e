// Servers: the list that everybody sees, and the page of one with its console. Draws what it is given.
import type { Activity, Job } from 'holdfast'
import { html } from 'hono/html'
import { type Blueprint, nextPort, type Server } from '../database.ts'
import { type Operation, operations } from '../kinds.ts'
import { at, badge, button, type Html, page, shortly } from './layout.ts'
import { reaches, type Visitor } from './visitor.ts'

export interface ListView {
  visitor: Visitor | null
  servers: Server[]
  blueprints: Blueprint[]
  isInstalled: boolean
  /** A new server that was refused; null: nobody tried. */
  typed: Typed | null
}

export interface Typed {
  name: string
  blueprint: number
  port: string
  fault: string
}

export function serversPage({ visitor, servers, blueprints, isInstalled, typed }: ListView): Html {
  const isCrew = reaches(visitor, 'operator')
  const named = (server: Server) => (isCrew ? html`<a href="/servers/${server.id}">${server.name}</a>` : server.name)
  const cards = servers.map(
    (server) => html`<li class="card server" data-look="${server.condition.replaceAll(' ', '-')}">
<h2>${named(server)}</h2>${badge(server.condition)}
<dl><dt>Address</dt><dd><code>127.0.0.1:${server.port}</code></dd><dt>Players</dt><dd>${playersOf(server)}</dd></dl>
${isCrew && server.lastError !== null ? html`<p class="error">${server.lastError}</p>` : ''}</li>`,
  )
  const hint = isInstalled
    ? ''
    : html`<p class="notice">The game is not installed yet. ${reaches(visitor, 'admin') ? html`<a href="/admin">Install it</a> first.` : 'An admin does that.'}</p>`
  return page(
    { title: 'Servers', visitor, at: '/' },
    html`<h1>Servers</h1>${isCrew ? hint : ''}
<div>${servers.length === 0 ? html`<p class="lead">There is no server yet.</p>` : html`<ul class="servers">${cards}</ul>`}</div>
${reaches(visitor, 'admin') ? newServer(blueprints, typed ?? { name: '', blueprint: 0, port: String(nextPort(servers)), fault: '' }) : ''}`,
  )
}

const sayForm = ({ id }: Server): Html =>
  html`<form method="post" action="/servers/${id}/console" class="say"><label for="command">Command</label>
<input id="command" name="command" required maxlength="400" autocomplete="off" placeholder="say Good evening" spellcheck="false"><button>Send</button></form>`

/** So many there were when it was last asked. */
const playersOf = ({ players, lookedAt }: Server): Html | string =>
  players === null || lookedAt === null ? '–' : html`${players} <small>at ${shortly(lookedAt)}</small>`

function newServer(blueprints: Blueprint[], typed: Typed): Html {
  const choices = blueprints.map(
    ({ id, name }) => html`<option value="${id}"${id === typed.blueprint ? html` selected` : ''}>${name}</option>`,
  )
  return html`<form method="post" action="/servers" class="card add"><h2>Another server</h2>
${typed.fault === '' ? '' : html`<p class="error" role="alert">${typed.fault}</p>`}
<label>Name <input name="name" value="${typed.name}" required maxlength="40" autocomplete="off"></label>
<label>Blueprint <select name="blueprint">${choices}</select></label>
<label>Port <input name="port" value="${typed.port}" required inputmode="numeric" pattern="[0-9]{4,5}" title="A number from 1024 to 65535" size="7" autocomplete="off"></label>
<button class="primary">Add</button></form>`
}

export interface ServerView {
  visitor: Visitor
  server: Server
  blueprint: Blueprint
  /** How its operations and itself stand. */
  kinds: Activity['kinds']
  /** What its console said to the last command; null: none was sent. */
  said: string[] | null
}

export function serverPage({ visitor, server, blueprint, kinds, said }: ServerView): Html {
  const active = kinds.flatMap(({ kind, active }) => (active !== null && kind in operations ? [active] : []))
  const running = kinds.find(({ kind }) => kind === 'server')?.active ?? null
  const wasStarted = running !== null || kinds.some(({ kind, last }) => kind === 'server' && last !== null)
  const busy = active[0] ? `${operations[active[0].kind as Operation].title} is under way (job ${active[0].id})` : null
  return page(
    { title: server.name, visitor, at: '/' },
    html`<p class="crumb"><a href="/">Servers</a></p>
<div><header class="head"><h1>${server.name}</h1>${badge(server.condition)}<div class="actions">${actions(server, running, busy)}</div></header>
${busy ? html`<p class="why">${busy}.</p>` : ''}
${server.lastError === null ? '' : html`<p class="error">${server.lastError} <a href="/jobs/${server.lastErrorJob}">Job ${server.lastErrorJob}</a></p>`}
${active.map(({ id }) => html`<holdfast-job job="${id}" compact actions="off"></holdfast-job>`)}
<dl class="facts card"><dt>Address</dt><dd><code>127.0.0.1:${server.port}</code></dd><dt>Players</dt><dd>${playersOf(server)}</dd>
<dt>Blueprint</dt><dd><a href="/blueprints/${blueprint.id}">${blueprint.name}</a> ${revision(server, blueprint)}</dd>
<dt>Runtime</dt><dd>${server.runtime ?? 'none'}</dd><dt>Looked at</dt><dd>${at(server.lookedAt)} ${button({ action: `/servers/${server.id}/look`, text: 'Look again', look: 'quiet' })}</dd></dl></div>
<h2>Console</h2>
<div>${
      wasStarted
        ? html`<holdfast-log kind="server" key="${server.id}" lines="18"></holdfast-log>`
        : html`<p class="lead">It has not been started yet. What it says will stand here.</p>`
    }</div>
<div>${running ? sayForm(server) : ''}</div>
${said === null ? '' : html`<pre class="said" role="status">${said.join('\n') || 'Done; it said nothing.'}</pre>`}
<div><h2>Jobs</h2>${history(kinds)}</div>`,
  )
}

function actions({ id, condition }: Server, running: Job | null, busy: string | null): Html[] {
  const isUp = running !== null
  const isGone = condition === 'deleted' || condition === 'never set up'
  const of = (operation: Operation, look: 'primary' | 'danger' | '', why: string | null) =>
    button({ action: `/servers/${id}/${operation}`, text: operations[operation].title ?? operation, look, reason: busy ?? why })
  return [
    of('start', isUp ? '' : 'primary', isUp ? 'It runs already' : null),
    of('stop', '', isUp ? null : 'It does not run'),
    of('initialize', '', null),
    busy !== null || isGone ? of('delete', 'danger', 'It has no files') : sure(of('delete', 'danger', null)),
  ]
}

/** What cannot be undone is asked twice. */
const sure = (form: Html): Html =>
  html`<details><summary>Delete…</summary><div><p>It is stopped, and its files are removed. Its jobs and its place in the list stay.</p>${form}</div></details>`

function revision({ revision }: Server, blueprint: Blueprint): Html | string {
  if (revision === null) return `revision ${blueprint.revision}`
  if (revision === blueprint.revision) return `revision ${revision}`
  return html`revision ${revision} <em>revision ${blueprint.revision} takes effect at the next start</em>`
}

function history(kinds: Activity['kinds']): Html {
  const ended = kinds.flatMap(({ title, recent }) => recent.map((job) => ({ title, ...job })))
  const active = kinds.flatMap(({ title, active }) => (active === null ? [] : [{ title, ...active }]))
  const newest = [...ended, ...active].toSorted((a, b) => b.id - a.id).slice(0, 12)
  if (newest.length === 0) return html`<p class="lead">Nothing has happened yet.</p>`
  const rows = newest.map(
    ({
      id,
      title,
      state,
      startedAt,
      finishedAt,
    }) => html`<tr><td><a href="/jobs/${id}">${id}</a></td><td>${title}</td><td>${badge(state)}</td>
<td class="late" data-label="began">${at(startedAt, '')}</td><td class="late" data-label="ended">${at(finishedAt, '')}</td></tr>`,
  )
  return html`<table><thead><tr><th>Job</th><th>What</th><th>State</th><th>Began</th><th>Ended</th></tr></thead><tbody>${rows}</tbody></table>`
}
