// The rebuild card in its states: idle, required, rebuilding, succeeded, failed, stopped. Draws what it is told; knows no request.
import type { Job } from 'holdfast'
import { html } from 'hono/html'
import { clock, count, duration, when } from './format.ts'
import type { Change, RebuildState } from './rebuild-state.ts'

export type Html = ReturnType<typeof html>

export function rebuildCard(state: RebuildState): Html {
  const { condition, job } = state
  if (condition === 'rebuilding' && job !== null) return card(state, rebuildingParts(state, job))
  if (condition === 'succeeded' && job !== null) return card(state, succeededParts(state, job))
  if (condition === 'failed' && job !== null) return card(state, failedParts(state, job))
  if (condition === 'stopped' && job !== null) return card(state, stoppedParts(state, job))
  return card(state, condition === 'required' ? requiredParts(state) : idleParts(state))
}

/** The sentence that screen readers hear when it changes. */
export function spoken({ condition, job, index }: RebuildState): string {
  if (condition === 'rebuilding') return job?.progress?.phase ? `Rebuilding: ${job.progress.phase.name}` : 'Rebuilding'
  if (condition === 'failed') return `The rebuild failed: ${job?.failure?.message ?? 'no reason was recorded'}`
  return condition === 'succeeded' ? `Index ${index} is in use` : ''
}

interface Parts {
  word: string
  icon: string
  look: string
  id: string
  body: Html
}

function card(state: RebuildState, { word, icon, look, id, body }: Parts): Html {
  return html`<article class="jobcard" id="rebuild" data-state="${look}" data-condition="${state.condition}" data-say="${spoken(state)}">
<div class="top"><span class="pill">${iconOf(icon)}${word}</span><span class="id">${id}</span></div>${body}</article>`
}

function idleParts({ index, publishedAt, now }: RebuildState): Parts {
  const body =
    index === null
      ? html`<h2>No index yet</h2><p class="line">Recommendations need one. Building it takes a few seconds.</p><div class="acts">${start('Build index', { primary: true })}</div>`
      : html`<h2>Nothing to do</h2><p class="line">Index ${index} was built ${when(publishedAt ?? now, now)} and holds what is set.</p><div class="acts">${start('Rebuild', { modes: true })}</div>`
  return { word: index === null ? 'Never built' : 'Idle', icon: 'ring', look: 'idle', id: inUse(index), body }
}

function requiredParts({ index, changes, settings }: RebuildState): Parts {
  const body = html`<h2>Settings ${settings} are not in the index yet</h2>${difference(changes)}
<p class="line">Recommendations come from index ${index} until you rebuild.</p><div class="acts">${start('Rebuild', { primary: true })}</div>`
  return { word: 'Rebuild required', icon: 'required', look: 'required', id: inUse(index), body }
}

function rebuildingParts({ another, index: used, pid, now }: RebuildState, job: Job): Parts {
  const { progress } = job
  const share = shareOf(job)
  const phase = job.state === 'queued' ? 'Waiting to start' : (progress?.phase?.name ?? 'Starting')
  const { index, of } = progress?.phase ?? { index: null, of: null }
  const word = used === null ? 'Building' : 'Rebuilding'
  const body = html`<div class="phase"><b>${phase}</b>${of === null ? '' : html`<span class="quiet">${index} of ${of}</span>`}<span class="pct">${share === null ? '' : `${share} %`}</span></div>
${tideline(job, phase)}
<div class="under"><span>${amount(job)}</span><span>${silence(job, now)}</span></div>
${another ? html`<p class="reason">${iconOf('required')}<span>You changed settings. Another rebuild will be required when this one finishes.</span></p>` : ''}
<div class="acts">${busy(job.state === 'stopping' ? 'Stopping…' : `${word}…`)}<a href="${logOf(job)}">Log</a><span class="push quiet">${clock(now - (job.startedAt ?? job.submittedAt))}</span></div>
<p class="why" id="why">Started ${when(job.submittedAt, now)} ${starter(job)}. One rebuild at a time.</p>`
  return { word, icon: 'arc', look: 'building', id: `#${job.id}${pid === null ? '' : ` · pid ${pid}`}`, body }
}

function succeededParts({ index, now, settings, changes }: RebuildState, job: Job): Parts {
  const from = changes.length === 0 ? `, from settings ${settings}` : ''
  const body = html`<h2>Index ${index} is in use</h2>
<p class="line">Finished ${when(job.finishedAt ?? now, now)} after ${took(job)}, exit code ${job.exitCode ?? 0}${from}. Used since the next request.</p>
<div class="acts">${start('Rebuild', { modes: true })}<a class="push" href="${logOf(job)}">Log</a></div>`
  return { word: 'Succeeded', icon: 'tick', look: 'succeeded', id: inUse(index), body }
}

function failedParts({ index }: RebuildState, job: Job): Parts {
  const { failure } = job
  const line = failure?.logSeq ?? null
  const body = html`<p class="line say">${failure?.message ?? 'It ended without saying why'}</p>
${failure?.hint ? html`<p class="line">${failure.hint}</p>` : ''}
<p class="line">${failure?.phase ? `Failed in ${failure.phase}. ` : ''}${kept(index)} Took ${took(job)}.</p>
<div class="acts">${start(index === null ? 'Build again' : 'Rebuild again', { primary: true })}<a href="${logOf(job)}">${line === null ? 'Log' : `Log, at line ${count(line)}`}</a></div>`
  return { word: 'Failed', icon: 'cross', look: 'failed', id: `#${job.id}`, body }
}

function stoppedParts({ index }: RebuildState, job: Job): Parts {
  const interrupted = job.state === 'interrupted'
  const why = interrupted ? 'The machine or its supervisor went away while it ran' : 'It was stopped before it finished'
  const body = html`<p class="line say">${why}</p><p class="line">${kept(index)}</p>
<div class="acts">${start(index === null ? 'Build again' : 'Rebuild again', { primary: true })}<a href="${logOf(job)}">Log</a></div>`
  const look = interrupted ? 'interrupted' : 'idle'
  return { word: interrupted ? 'Interrupted' : 'Stopped', icon: interrupted ? 'broken' : 'slash', look, id: `#${job.id}`, body }
}

export const iconOf = (name: string): Html =>
  html`<svg class="i${name === 'arc' ? ' spin' : ''}" aria-hidden="true"><use href="#${name}"/></svg>`

const difference = (changes: Change[]): Html =>
  html`<p class="line diffs">${changes.map(({ name, from, to }) => html`<span>${name} <del>${count(from)}</del> → <ins>${count(to)}</ins></span>`)}</p>`

/** A form that starts a rebuild; it works without the script as well. */
function start(label: string, { primary = false, modes = false }: { primary?: boolean; modes?: boolean }): Html {
  const button = html`<button class="btn small${primary ? ' primary' : ''}" id="start">${label}</button>`
  return html`<form method="post" action="rebuild" class="start">${modes ? choice() : ''}${button}</form>`
}

const choice = (): Html =>
  html`<fieldset class="seg"><legend class="sr">What to rebuild</legend>${option('profile', 'Profile')}${option('data', 'Profile and data', true)}</fieldset>`

const option = (value: string, label: string, checked = false): Html =>
  html`<label><input type="radio" name="mode" value="${value}"${checked ? html` checked` : ''}><span>${label}</span></label>`

const busy = (label: string): Html =>
  html`<button class="btn small busy" id="start" type="button" aria-disabled="true" aria-describedby="why">${label}</button>`

/** One segment a phase: done, now filled to its own share, later. */
function tideline(job: Job, phase: string): Html {
  const { index, of } = job.progress?.phase ?? { index: null, of: null }
  const share = shareOf(job)
  const text = `${phase}${of === null ? '' : `, ${index} of ${of}`}${share === null ? '' : `, ${share} per cent`}`
  const value = share === null ? html`` : html` aria-valuenow="${share}"`
  const segments = Array.from({ length: of ?? 1 }, (_, place) => segment(place + 1 - (index ?? 0), of === null ? null : share))
  return html`<div class="tide" role="progressbar" aria-label="Rebuild" aria-valuemin="0" aria-valuemax="100"${value} aria-valuetext="${text}">${segments}</div>`
}

function segment(ahead: number, share: number | null): Html {
  const width = ahead < 0 ? 100 : ahead > 0 ? 0 : (share ?? 0)
  return html`<svg${ahead === 0 && share === null ? html` class="unknown"` : ''} aria-hidden="true"><rect width="${width}%" height="100%"/></svg>`
}

function shareOf({ progress }: Job): number | null {
  if (progress === null || progress.done === null || !progress.total) return null
  return Math.min(100, Math.floor((progress.done / progress.total) * 100))
}

function amount({ progress }: Job): string {
  if (progress === null || progress.done === null) return ''
  return `${count(progress.done)}${progress.total === null ? '' : ` of ${count(progress.total)}`} ${progress.unit ?? ''}`
}

function silence({ heartbeatAt }: Job, now: number): string {
  return heartbeatAt !== null && now - heartbeatAt > 4_000 ? `last sign of life ${duration(now - heartbeatAt)} ago` : ''
}

const inUse = (index: number | null): string => (index === null ? '' : `index ${index}`)
const kept = (index: number | null): string =>
  index === null ? 'There is no index to fall back on.' : `Index ${index} is unchanged and still in use.`
const logOf = ({ id, failure }: Job): string => `holdfast/jobs/${id}${failure?.logSeq ? `#L${failure.logSeq}` : ''}`
const took = ({ submittedAt, startedAt, finishedAt }: Job): string => duration((finishedAt ?? 0) - (startedAt ?? submittedAt))
const starter = ({ submittedBy: by }: Job): string =>
  by === 'setup' ? 'with the app' : by === 'page' ? 'from this page' : by === null ? 'from elsewhere' : `by ${by}`
