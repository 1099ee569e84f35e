// Jobs with their logs, blueprints, the admin's page and the way in. Draws what it is given.
import type { Job, Snapshot } from 'holdfast'
import { html } from 'hono/html'
import type { Blueprint, Server } from '../database.ts'
import { sources } from '../game/sources.ts'
import { at, badge, button, type Html, outcome, page } from './layout.ts'
import { type Role, reaches, roles, type Visitor } from './visitor.ts'

export interface JobsView {
  visitor: Visitor
  jobs: Job[]
  /** Only jobs that this person asked for; null: everybody's. */
  by: string | null
  people: string[]
  /** Number to go on before; null: this is the last page. */
  before: number | null
  hasWorker: boolean
}

export function jobsPage({ visitor, jobs, by, people, before, hasWorker }: JobsView): Html {
  const rows = jobs.map(
    (job) => html`<tr><td><a href="/jobs/${job.id}">${job.id}</a></td><td>${job.kind}${job.name ? html` <b>${job.name}</b>` : ''}</td>
<td>${badge(job.state)}</td><td class="wide">${outcome(job)}</td><td class="late">${job.submittedBy}</td><td class="late">${at(job.submittedAt)}</td></tr>`,
  )
  const options = people.map((name) => html`<option${name === by ? html` selected` : ''}>${name}</option>`)
  const query = new URLSearchParams({ ...(by && { by }), ...(before && { before: String(before) }) })
  return page(
    { title: 'Jobs', visitor, at: '/jobs' },
    html`<header class="head"><h1>Jobs</h1>
<form class="actions" action="/jobs"><label>Asked for by <select name="by"><option value="">anybody</option>${options}</select></label><button>Show</button></form></header>
<div>${hasWorker ? '' : html`<p class="notice">No worker is running: what is asked for waits until one is started.</p>`}
${jobs.length === 0 ? html`<p class="lead">There is none.</p>` : html`<table><thead><tr><th>Job</th><th>What</th><th>State</th><th>How</th><th>By</th><th>Asked for</th></tr></thead><tbody>${rows}</tbody></table>`}
${before === null ? '' : html`<p><a href="/jobs?${query}">Older</a></p>`}</div>`,
  )
}

export function jobPage({ visitor, job, server }: { visitor: Visitor; job: Job; server: Server | null }): Html {
  const about = server ? html`<a href="/servers/${server.id}">${server.name}</a>` : (job.name ?? '')
  return page(
    { title: `Job ${job.id}`, visitor, at: '/jobs' },
    html`<p class="crumb"><a href="/jobs">Jobs</a></p><h1>Job ${job.id}</h1>
<p class="lead">${job.kind} ${about}, asked for by <a href="/jobs?by=${encodeURIComponent(job.submittedBy ?? '')}">${job.submittedBy ?? 'nobody'}</a> ${at(job.submittedAt)}</p>
<holdfast-job job="${job.id}" actions="off"></holdfast-job>
<div>${job.finishedAt === null ? button({ action: `/jobs/${job.id}/cancel`, text: 'Cancel', look: 'danger' }) : ''}</div>
<h2>Log</h2><holdfast-log job="${job.id}" lines="16"></holdfast-log>
<p><a href="/holdfast/api/v1/jobs/${job.id}/log.txt">The whole log as text</a></p>`,
  )
}

export function blueprintsPage({ visitor, blueprints }: { visitor: Visitor; blueprints: Blueprint[] }): Html {
  const rows = blueprints.map(
    ({ id, name, revision, changedAt, changedBy }) =>
      html`<tr><td><a href="/blueprints/${id}">${name}</a></td><td data-label="revision">${revision}</td><td class="late" data-label="by">${changedBy}</td><td class="late">${at(changedAt)}</td></tr>`,
  )
  const add = html`<form method="post" action="/blueprints" class="card add"><h2>Another blueprint</h2>
<label>Name <input name="name" required maxlength="40" autocomplete="off"></label><button class="primary">Add</button></form>`
  return page(
    { title: 'Blueprints', visitor, at: '/blueprints' },
    html`<h1>Blueprints</h1><p class="lead">What servers are configured from. A change takes effect at the next start of each.</p>
<table><thead><tr><th>Name</th><th>Revision</th><th>Changed by</th><th>Changed</th></tr></thead><tbody>${rows}</tbody></table>
${reaches(visitor, 'admin') ? add : ''}`,
  )
}

export interface BlueprintView {
  visitor: Visitor
  blueprint: Blueprint
  servers: Server[]
  /** Why it was not saved; null: it was, or nobody tried. */
  fault: string | null
}

export function blueprintPage({ visitor, blueprint, servers, fault }: BlueprintView): Html {
  const using = servers.map(
    ({ id, name, revision }) =>
      html`<li><a href="/servers/${id}">${name}</a> ${revision === null ? 'has no files yet' : revision === blueprint.revision ? `runs with or was set up from revision ${revision}` : `is still at revision ${revision}`}</li>`,
  )
  const mayEdit = reaches(visitor, 'admin')
  return page(
    { title: blueprint.name, visitor, at: '/blueprints' },
    html`<p class="crumb"><a href="/blueprints">Blueprints</a></p><h1>${blueprint.name}</h1>
<p class="lead">Revision ${blueprint.revision}, by ${blueprint.changedBy} ${at(blueprint.changedAt)}</p>
${fault === null ? '' : html`<p class="error" role="alert">${fault}</p>`}
<form method="post" action="/blueprints/${blueprint.id}"><label for="template">Configuration; <code>{name}</code> and <code>{port}</code> are the server’s</label>
<textarea id="template" name="template" rows="12" spellcheck="false"${mayEdit ? '' : html` readonly`}>
${blueprint.template}</textarea>${mayEdit ? html`<button class="primary">Save</button>` : ''}</form>
<h2>Servers</h2>${using.length === 0 ? html`<p class="lead">None uses it.</p>` : html`<ul>${using}</ul>`}`,
  )
}

export interface AdminView {
  visitor: Visitor
  runtime: Snapshot | null
  /** What is said of it: where from, which version. */
  is: string
  /** The installation that is under way. */
  active: Job | null
  users: { name: string; role: Role }[]
}

export function adminPage({ visitor, runtime, is, active, users }: AdminView): Html {
  const install = Object.entries(sources).map(([source, { title }], index) =>
    button({
      action: '/admin/install',
      text: `Install from ${title}`,
      look: index === 0 ? 'primary' : '',
      reason: active ? `It is being installed (job ${active.id})` : null,
      fields: { source },
    }),
  )
  const rows = users.map(
    ({ name, role }) =>
      html`<tr><td>${name}</td><td>${roles[role]}</td><td>${name === visitor.name ? '' : button({ action: '/admin/people/remove', text: 'Remove', look: 'quiet', fields: { name } })}</td></tr>`,
  )
  const choices = Object.entries(roles).map(([role, word]) => html`<option value="${role}">${word}</option>`)
  return page(
    { title: 'Admin', visitor, at: '/admin' },
    html`<h1>Admin</h1><section class="card"><h2>The game</h2>
<p>${runtime === null ? 'Teeworlds is not installed yet.' : html`Runtime ${runtime.number}: ${is}, installed ${at(runtime.publishedAt)}`}</p>
<p class="lead">Waits until nothing else works on a server, and nothing else does meanwhile. Running servers run on, and get it at their next start.</p>
<div class="actions">${install}</div>${active ? html`<holdfast-job job="${active.id}" compact actions="off"></holdfast-job>` : ''}</section>
<section class="card"><h2>People</h2><table><thead><tr><th>Name</th><th>Role</th><th>May go</th></tr></thead><tbody>${rows}</tbody></table>
<form method="post" action="/admin/people" class="add"><label>Name <input name="name" required maxlength="40" autocomplete="off"></label>
<label>Password <input name="password" type="password" required minlength="10" autocomplete="new-password"></label>
<label>Role <select name="role">${choices}</select></label><button>Add</button></form></section>`,
  )
}

export function signInPage({ fault, next }: { fault: string | null; next: string }): Html {
  return page(
    { title: 'Sign in', visitor: null },
    html`<form method="post" action="/sign-in" class="card sign-in"><h1>Sign in</h1>${fault === null ? '' : html`<p class="error" role="alert">${fault}</p>`}
<input type="hidden" name="next" value="${next}"><label>Name <input name="name" required autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label><button class="primary">Sign in</button></form>`,
  )
}
