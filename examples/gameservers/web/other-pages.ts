// Jobs with their logs, the blueprint, the admin's page and the way in. Draws what it is given.
import { type Job, waitingWords } from 'holdfast'
import { html } from 'hono/html'
import type { Blueprint } from '../database.ts'
import type { Runtime } from '../game/runtime.ts'
import { sources } from '../game/sources.ts'
import { serverInput } from '../kinds.ts'
import { at, badge, type Html, page } from './layout.ts'
import { reaches, type Visitor } from './visitor.ts'

/** `by`: only what this person asked for, null: everybody's; `before`: the number to go on before, null: this is the last page. */
type JobsView = { visitor: Visitor; jobs: Job[]; by: string | null; before: number | null; hasWorker: boolean }

export function jobsPage({ visitor, jobs, by, before, hasWorker }: JobsView): Html {
  const rows = jobs.map(
    (
      job,
    ) => html`<tr id="job-${job.id}"><td><a href="/jobs/${job.id}">${job.id}</a></td><td>${job.kind}${job.name ? html` <b>${job.name}</b>` : ''}</td>
<td>${badge(job.state)}</td><td class="wide">${outcome(job)}</td><td class="late">${jobsOf(job.submittedBy)}</td><td class="late">${at(job.submittedAt)}</td></tr>`,
  )
  const query = new URLSearchParams({ ...(by && { by }), before: String(before) })
  return page(
    { title: 'Jobs', visitor, at: '/jobs' },
    html`<h1>Jobs</h1>${by === null ? '' : html`<p class="lead">Asked for by ${by}. <a href="/jobs">Show everybody’s</a></p>`}
<div>${hasWorker ? '' : html`<p class="notice">No worker is running: what is asked for waits until one is started.</p>`}
${jobs.length === 0 ? html`<p class="lead">There is none.</p>` : html`<table><thead><tr><th>Job</th><th>What</th><th>State</th><th>How</th><th>By</th><th>Asked for</th></tr></thead><tbody>${rows}</tbody></table>`}
${before === null ? '' : html`<p><a href="/jobs?${query}">Older</a></p>`}</div>`,
  )
}

const jobsOf = (name: string | null): Html | string =>
  name === null ? '–' : html`<a href="/jobs?${new URLSearchParams({ by: name })}">${name}</a>`

/** What happens or happened to a job, in a few words. */
function outcome(job: Job): string {
  if (job.state === 'queued') return job.waitingFor ? waitingWords(job.waitingFor).replaceAll('`', '') : 'waiting for its turn'
  return job.failure?.message ?? (job.finishedAt === null ? (job.progress?.phase?.name ?? '') : '')
}

export function jobPage({ visitor, job }: { visitor: Visitor; job: Job }): Html {
  const about = serverInput.safeParse(job.input).data
  return page(
    { title: `Job ${job.id}`, visitor, at: '/jobs' },
    html`<p class="crumb"><a href="/jobs">Jobs</a></p><h1>Job ${job.id}</h1>
<p class="lead">${job.kind} ${about ? html`<a href="/servers/${about.server}">${job.name ?? `server ${about.server}`}</a>` : ''}, asked for by ${jobsOf(job.submittedBy)} ${at(job.submittedAt)}</p>
<holdfast-job job="${job.id}"${reaches(visitor, 'admin') ? '' : html` actions="off"`}></holdfast-job><h2>Log</h2><holdfast-log job="${job.id}" lines="16"></holdfast-log>`,
  )
}

/** With `fault`: why it was not saved. */
export function blueprintPage({ visitor, template, revision, fault }: Blueprint & { visitor: Visitor; fault?: string }): Html {
  const mayEdit = reaches(visitor, 'admin')
  return page(
    { title: 'Blueprint', visitor, at: '/blueprint' },
    html`<h1>Blueprint</h1><p class="lead">Every server is configured from it, and each takes a change over at its next start. This is revision ${revision}.</p>
${fault ? html`<p class="error" role="alert">${fault}</p>` : ''}
<form method="post" action="/blueprint"><input type="hidden" name="revision" value="${revision}"><label for="template">Configuration; <code>{name}</code> and <code>{port}</code> are the server’s</label>
<textarea id="template" name="template" rows="12" spellcheck="false"${mayEdit ? '' : html` readonly`}>
${template}</textarea>${mayEdit ? html`<button class="primary">Save</button>` : ''}</form>`,
  )
}

/** With the game that servers get at their next start, the installation that is under way, and the folder of all data. */
type AdminView = { visitor: Visitor; installed: Installed | null; active: Job | null; data: string }
type Installed = Runtime & { number: number; publishedAt: number }

export function adminPage({ visitor, installed, active, data }: AdminView): Html {
  const buttons = Object.entries(sources).map(
    ([source, { title }]) => html`<button name="source" value="${source}"${active ? html` disabled` : ''}>Install from ${title}</button>`,
  )
  return page(
    { title: 'Admin', visitor, at: '/admin' },
    html`<h1>Admin</h1><section class="card"><h2>The game</h2>
<p>${installed === null ? 'Teeworlds is not installed yet.' : html`Runtime ${installed.number}: teeworlds ${installed.version} from ${installed.from}, installed ${at(installed.publishedAt)}`}</p>
<p class="lead">Waits until nothing else works on a server, and nothing else does meanwhile. Running servers run on, and get it at their next start.</p>
<form method="post" action="/admin/install" class="actions">${buttons}</form>${active ? html`<holdfast-job job="${active.id}" compact></holdfast-job>` : ''}</section>
<section class="card"><h2>People</h2><p>They are let in where this runs: <code>npx holdfast user add NAME --role operator --data ${data}</code> makes one of the crew, <code>viewer</code> a player.</p></section>`,
  )
}

export function signInPage({ fault, next }: { fault?: string; next: string }): Html {
  return page(
    { title: 'Sign in', visitor: null },
    html`<form method="post" action="/sign-in" class="card sign-in"><h1>Sign in</h1>${fault ? html`<p class="error" role="alert">${fault}</p>` : ''}
<input type="hidden" name="next" value="${next}"><label>Name <input name="name" required autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label><button class="primary">Sign in</button></form>`,
  )
}
