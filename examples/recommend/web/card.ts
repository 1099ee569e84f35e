// The rebuild card in its five states: idle, required, rebuilding, succeeded, failed. Draws what it is told; knows no request.
import { html } from 'hono/html'
import type { Rebuild, RebuildState } from '../state.ts'
import { count, duration, modeWords, passing, when } from '../words.ts'

export type Html = ReturnType<typeof html>

export function card(state: RebuildState): Html {
  const { condition, rebuild, index } = state
  const [word, icon, look] = lookOf(state)
  const isOfRebuild = condition === 'rebuilding' || condition === 'failed'
  const pid = condition === 'rebuilding' && rebuild?.pid ? ` · pid ${rebuild.pid}` : ''
  const id = rebuild && isOfRebuild ? `#${rebuild.id}${pid}` : index === null ? '' : `index ${index}`
  const body =
    condition === 'rebuilding' && rebuild ? runningBody(state, rebuild) : condition === 'failed' ? failedBody(state) : restingBody(state)
  return html`<article class="jobcard" id="rebuild" data-state="${look}" data-condition="${condition}">
<div class="top"><span class="pill">${iconOf(icon)}${word}</span><span class="id">${id}</span></div>${body}${rebuild ? facts(rebuild, state.now) : ''}</article>`
}

/** Word, icon and colour. */
function lookOf({ condition, rebuild, index }: RebuildState): readonly [string, string, string] {
  if (condition === 'failed' && rebuild?.status === 'interrupted') return ['Interrupted', 'broken', 'interrupted']
  if (index === null && condition === 'rebuilding') return ['Building', 'arc', 'building']
  return index === null && condition !== 'failed' ? ['Never built', 'ring', 'idle'] : looks[condition]
}

const looks = {
  idle: ['Idle', 'ring', 'idle'],
  required: ['Rebuild required', 'required', 'required'],
  rebuilding: ['Rebuilding', 'arc', 'building'],
  succeeded: ['Succeeded', 'tick', 'succeeded'],
  failed: ['Failed', 'cross', 'failed'],
} as const

/** The sentence that screen readers hear when it changes. */
export function spoken({ condition, rebuild, index }: RebuildState): string {
  if (condition === 'rebuilding') return rebuild?.progress?.phase ? `Rebuilding: ${rebuild.progress.phase.name}` : 'Rebuilding'
  if (condition === 'failed') return `The rebuild failed: ${reasonOf(rebuild)}`
  return condition === 'succeeded' ? `Index ${index} is in use` : ''
}

/** Nothing runs, and nothing is wrong. */
function restingBody(state: RebuildState): Html {
  const { condition, index, settings, changes, moved, rebuild } = state
  const isRequired = condition === 'required'
  const stopped = rebuild?.status === 'cancelled' ? ` Rebuild #${rebuild.id} was stopped.` : ''
  if (index === null)
    return html`<h2>No index yet</h2><p class="line">Recommendations need one. Building it takes a few seconds.${stopped}</p><div class="acts">${start('Build index', { isPrimary: true })}</div>`
  const heading = moved
    ? `Index ${index} is in use again`
    : isRequired
      ? `Settings ${settings} are not in the index yet`
      : condition === 'succeeded'
        ? `Index ${index} is in use`
        : 'Nothing to do'
  const words = html`<p class="line">${restingWords(state)}${stopped}</p>`
  return html`<h2>${heading}</h2>${moved ? words : ''}${isRequired ? difference(changes) : ''}${moved ? '' : words}
<div class="acts">${start('Rebuild', { isPrimary: isRequired })}${moves(state)}</div>`
}

function restingWords({ condition, index, publishedAt, moved, rebuild, now }: RebuildState): string {
  if (moved) {
    const way = moved.isBack ? 'Rolled back' : 'Gone forward'
    return `${way} from index ${moved.from ?? '–'} to index ${index} ${when(moved.at, now)}${byWords(moved.by)}.`
  }
  if (condition === 'required') return `Recommendations come from index ${index} until you rebuild.`
  if (condition !== 'succeeded' || !rebuild) return `Index ${index} was built ${when(publishedAt ?? now, now)} and holds what is set.`
  const from = rebuild.mode === 'data' ? `from settings ${rebuild.settings}` : 'with the films it had'
  return `Finished ${when(rebuild.finishedAt ?? now, now)} after ${took(rebuild)}, exit code ${rebuild.exitCode ?? 0}, ${from}. Used since the next request.`
}

function runningBody({ another, index: used, savedAt, now }: RebuildState, rebuild: Rebuild): Html {
  const { progress, status, startedAt, askedAt, by } = rebuild
  const share = shareOf(rebuild)
  const phase = status === 'queued' ? 'Waiting to start' : (progress?.phase?.name ?? 'Starting')
  const { index, of } = progress?.phase ?? { index: null, of: null }
  const why = savedAt > askedAt ? `You changed settings ${when(savedAt, now)}.` : 'This one keeps the films of the index.'
  const label = status === 'stopping' ? 'Stopping…' : used === null ? 'Building…' : 'Rebuilding…'
  return html`<div class="phase"><b>${phase}</b>${of === null ? '' : html`<span class="quiet">${index} of ${of}</span>`}<span class="pct">${share === null ? '' : `${share} %`}</span></div>
${tideline(rebuild, phase)}
<div class="under"><span>${amount(rebuild)}</span><span>${silence(rebuild, now)}</span></div>
${another ? html`<p class="reason">${iconOf('required')}<span>${why} Another rebuild will be required when this one finishes.</span></p>` : ''}
<div class="acts"><button class="btn small busy" id="start" type="button" aria-disabled="true" aria-describedby="why">${label}</button><span class="push quiet">${passing(now - (startedAt ?? askedAt))}</span></div>
<p class="why" id="why">Asked for ${when(askedAt, now)}${byWords(by)}. One rebuild at a time.</p>`
}

function failedBody({ index, rebuild }: RebuildState): Html {
  const { phase, hint } = rebuild?.failure ?? {}
  const kept = index === null ? 'There is no index to fall back on.' : `Index ${index} is unchanged and still in use.`
  return html`<p class="line say">${reasonOf(rebuild)}</p>${hint ? html`<p class="line">${hint}</p>` : ''}
<p class="line">${phase ? `Failed in ${phase}. ` : ''}${kept}${rebuild ? ` Took ${took(rebuild)}.` : ''}</p>
<div class="acts">${start(index === null ? 'Build again' : 'Rebuild again', { isPrimary: true })}</div>`
}

/** What is known of the newest rebuild, for who wants to know more, with the way to its log. */
function facts({ id, mode, settings, by, askedAt, startedAt, finishedAt, pid, exitCode, logPath, failure }: Rebuild, now: number): Html {
  const row = (name: string, value: string | number | null) => (value === null ? '' : html`<dt>${name}</dt><dd>${value}</dd>`)
  const time = (at: number | null) => at && when(at, now)
  const line = failure?.logSeq ?? null
  return html`<div class="more"><a href="holdfast/jobs/${id}${line === null ? '' : `#L${line}`}">${line === null ? 'Log' : `Log, at line ${count(line)}`}</a>
<details><summary>Details</summary><dl>${row('Rebuild', `#${id}, ${modeWords[mode]}`)}${row('Asked for', `${time(askedAt)}${byWords(by)}, with settings ${settings}`)}
${row('Started', time(startedAt))}${row('Finished', time(finishedAt))}${row('Process', pid)}${row('Exit code', exitCode)}${row('Log file', logPath)}</dl></details></div>`
}

/** The ways back and forward; each says what it will do before it does it. */
function moves({ older, newer }: RebuildState): Html | '' {
  if (older === null && newer === null) return ''
  const way = (to: number | null, word: string) =>
    to === null
      ? ''
      : html`<form method="post" action="roll-back"><input type="hidden" name="to" value="${to}"><button class="btn small">${word} to index ${to}</button></form>`
  return html`<details class="moves"><summary>${newer === null ? `Roll back to ${older}…` : 'Other indexes…'}</summary>
<p class="line">The next request is answered from it. The index in use now is kept, and nothing is built.</p><div class="ways">${way(older, 'Roll back')}${way(newer, 'Go forward')}</div></details>`
}

export const iconOf = (name: string): Html =>
  html`<svg class="i${name === 'arc' ? ' spin' : ''}" aria-hidden="true"><use href="#${name}"/></svg>`

export const difference = (changes: RebuildState['changes']): Html =>
  html`<p class="line diffs">${changes.map(({ name, from, to }) => html`<span>${name} <del>${count(from)}</del> → <ins>${count(to)}</ins></span>`)}</p>`

/** A form that starts a rebuild; it works without the script as well. */
function start(label: string, { isPrimary = false }: { isPrimary?: boolean } = {}): Html {
  const option = (value: string, text: string, checked: Html | '') =>
    html`<label><input type="radio" name="mode" value="${value}"${checked}><span>${text}</span></label>`
  const choice = html`<fieldset class="seg"><legend class="sr">What to rebuild</legend>${option('profile', 'Profile', '')}${option('data', 'Profile and data', html` checked`)}</fieldset>`
  const isFirst = label.startsWith('Build')
  return html`<form method="post" action="rebuild" class="start">${isFirst ? '' : choice}<button class="btn small${isPrimary ? ' primary' : ''}" id="start">${label}</button></form>`
}

/** One segment a phase: done, now filled to its own share, later. */
function tideline(rebuild: Rebuild, phase: string): Html {
  const { index, of } = rebuild.progress?.phase ?? { index: null, of: null }
  const share = shareOf(rebuild)
  const text = `${phase}${of === null ? '' : `, ${index} of ${of}`}${share === null ? '' : `, ${share} per cent`}`
  const value = share === null ? html`` : html` aria-valuenow="${share}"`
  const segments = Array.from({ length: of ?? 1 }, (_, place) => segment(place + 1 - (index ?? 0), of === null ? null : share))
  return html`<div class="tide" role="progressbar" aria-label="Rebuild" aria-valuemin="0" aria-valuemax="100"${value} aria-valuetext="${text}">${segments}</div>`
}

function segment(ahead: number, share: number | null): Html {
  const width = ahead < 0 ? 100 : ahead > 0 ? 0 : (share ?? 0)
  return html`<svg${ahead === 0 && share === null ? html` class="unknown"` : ''} aria-hidden="true"><rect width="${width}%" height="100%"/></svg>`
}

export function shareOf({ progress }: Rebuild): number | null {
  if (progress === null || progress.done === null || !progress.total) return null
  return Math.min(100, Math.floor((progress.done / progress.total) * 100))
}

function amount({ progress }: Rebuild): string {
  if (progress === null || progress.done === null) return ''
  return `${count(progress.done)}${progress.total === null ? '' : ` of ${count(progress.total)}`} ${progress.unit ?? ''}`
}

function silence({ heartbeatAt }: Rebuild, now: number): string {
  return heartbeatAt !== null && now - heartbeatAt > 4_000 ? `last sign of life ${duration(now - heartbeatAt)} ago` : ''
}

const reasonOf = (rebuild: Rebuild | null): string => rebuild?.failure?.message ?? 'It ended without saying why'
const took = ({ askedAt, startedAt, finishedAt }: Rebuild): string => duration((finishedAt ?? 0) - (startedAt ?? askedAt))
const byWords = (by: string | null): string => (by === null ? '' : ` by ${by}`)
