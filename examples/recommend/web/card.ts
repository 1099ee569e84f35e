// The rebuild card in its five states: idle, required, rebuilding, succeeded, failed. Draws what it is told; knows no request.
import { html } from 'hono/html'
import type { Change, Rebuild, RebuildState } from '../state.ts'
import { count, duration, modeWords, passing, when } from '../words.ts'

export type Html = ReturnType<typeof html>

export function card(state: RebuildState): Html {
  const { condition, rebuild, index } = state
  const { word, icon, look, body } = partsOf(state)
  const isOfRebuild = condition === 'rebuilding' || condition === 'failed'
  const pid = condition === 'rebuilding' && rebuild?.pid ? ` · pid ${rebuild.pid}` : ''
  const id = rebuild && isOfRebuild ? `#${rebuild.id}${pid}` : index === null ? '' : `index ${index}`
  return html`<article class="jobcard" id="rebuild" data-state="${look}" data-condition="${condition}">
<div class="top"><span class="pill">${iconOf(icon)}${word}</span><span class="id">${id}</span></div>${body}${facts(state)}</article>`
}

/** The sentence that screen readers hear when it changes. */
export function spoken({ condition, rebuild, index }: RebuildState): string {
  if (condition === 'rebuilding') return rebuild?.progress?.phase ? `Rebuilding: ${rebuild.progress.phase.name}` : 'Rebuilding'
  if (condition === 'failed') return `The rebuild failed: ${reasonOf(rebuild)}`
  return condition === 'succeeded' ? `Index ${index} is in use` : ''
}

interface Parts {
  word: string
  icon: string
  look: string
  body: Html
}

function partsOf(state: RebuildState): Parts {
  const { condition, rebuild, index } = state
  if (condition === 'rebuilding' && rebuild) return rebuildingParts(state, rebuild)
  if (condition === 'failed') return failedParts(state)
  if (index === null) return { word: 'Never built', icon: 'ring', look: 'idle', body: neverBuilt(state) }
  if (condition === 'required') return { word: 'Rebuild required', icon: 'required', look: 'required', body: requiredBody(state) }
  if (condition === 'succeeded' && rebuild)
    return { word: 'Succeeded', icon: 'tick', look: 'succeeded', body: succeededBody(state, rebuild) }
  return { word: 'Idle', icon: 'ring', look: 'idle', body: idleBody(state) }
}

const neverBuilt = (state: RebuildState): Html =>
  html`<h2>No index yet</h2><p class="line">Recommendations need one. Building it takes a few seconds.${stopped(state)}</p>
<div class="acts">${start('Build index', { isPrimary: true })}</div>`

function idleBody(state: RebuildState): Html {
  const { index, publishedAt, moved, now } = state
  const text = moved
    ? html`<h2>Index ${index} is in use again</h2><p class="line">${movedWords(state)}</p>`
    : html`<h2>Nothing to do</h2><p class="line">Index ${index} was built ${when(publishedAt ?? now, now)} and holds what is set.${stopped(state)}</p>`
  return html`${text}<div class="acts">${start('Rebuild')}${moves(state)}</div>`
}

function requiredBody(state: RebuildState): Html {
  const { index, changes, settings, moved } = state
  const heading = moved ? html`Index ${index} is in use again` : html`Settings ${settings} are not in the index yet`
  return html`<h2>${heading}</h2>${moved ? html`<p class="line">${movedWords(state)}</p>` : ''}${difference(changes)}
<p class="line">Recommendations come from index ${index} until you rebuild.${stopped(state)}</p>
<div class="acts">${start('Rebuild', { isPrimary: true })}${moves(state)}</div>`
}

function succeededBody(state: RebuildState, rebuild: Rebuild): Html {
  const { index, now } = state
  const from = rebuild.mode === 'data' ? `, from settings ${rebuild.settings}` : ', with the films it had'
  return html`<h2>Index ${index} is in use</h2>
<p class="line">Finished ${when(rebuild.finishedAt ?? now, now)} after ${took(rebuild)}, exit code ${rebuild.exitCode ?? 0}${from}. Used since the next request.</p>
<div class="acts">${start('Rebuild')}${moves(state)}</div>`
}

function rebuildingParts(state: RebuildState, rebuild: Rebuild): Parts {
  const { progress, status, startedAt, askedAt } = rebuild
  const { index: used, now } = state
  const share = shareOf(rebuild)
  const phase = status === 'queued' ? 'Waiting to start' : (progress?.phase?.name ?? 'Starting')
  const { index, of } = progress?.phase ?? { index: null, of: null }
  const word = used === null ? 'Building' : 'Rebuilding'
  const body = html`<div class="phase"><b>${phase}</b>${of === null ? '' : html`<span class="quiet">${index} of ${of}</span>`}<span class="pct">${share === null ? '' : `${share} %`}</span></div>
${tideline(rebuild, phase)}
<div class="under"><span>${amount(rebuild)}</span><span>${silence(rebuild, now)}</span></div>
${another(state, rebuild)}
<div class="acts">${busy(status === 'stopping' ? 'Stopping…' : `${word}…`)}<span class="push quiet">${passing(now - (startedAt ?? askedAt))}</span></div>
<p class="why" id="why">Asked for ${when(askedAt, now)}${by(rebuild)}. One rebuild at a time.</p>`
  return { word, icon: 'arc', look: 'building', body }
}

function failedParts({ index, rebuild }: RebuildState): Parts {
  const isInterrupted = rebuild?.status === 'interrupted'
  const { phase, hint } = rebuild?.failure ?? {}
  const kept = index === null ? 'There is no index to fall back on.' : `Index ${index} is unchanged and still in use.`
  const body = html`<p class="line say">${reasonOf(rebuild)}</p>
${hint ? html`<p class="line">${hint}</p>` : ''}
<p class="line">${phase ? `Failed in ${phase}. ` : ''}${kept}${rebuild ? ` Took ${took(rebuild)}.` : ''}</p>
<div class="acts">${start(index === null ? 'Build again' : 'Rebuild again', { isPrimary: true })}</div>`
  const [word, icon, look] = isInterrupted ? ['Interrupted', 'broken', 'interrupted'] : ['Failed', 'cross', 'failed']
  return { word, icon, look, body } as Parts
}

/** What is known of the newest rebuild, for who wants to know more, with the way to its log. */
function facts({ rebuild, now }: RebuildState): Html | '' {
  if (!rebuild) return ''
  const { id, mode, settings, askedAt, startedAt, finishedAt, pid, exitCode, logPath, failure } = rebuild
  const rows: [string, string | null][] = [
    ['Rebuild', `#${id}, ${modeWords[mode]}`],
    ['Asked for', `${when(askedAt, now)}${by(rebuild)}, with settings ${settings}`],
    ['Started', startedAt && when(startedAt, now)],
    ['Finished', finishedAt && when(finishedAt, now)],
    ['Process', pid && String(pid)],
    ['Exit code', exitCode === null ? null : String(exitCode)],
    ['Log file', logPath],
  ].map(([name, value]) => [String(name), value ? String(value) : null])
  const line = failure?.logSeq ?? null
  return html`<div class="more"><a href="holdfast/jobs/${id}${line === null ? '' : `#L${line}`}">${line === null ? 'Log' : `Log, at line ${count(line)}`}</a>
<details><summary>Details</summary><dl>${rows.map(([name, value]) => (value === null ? '' : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl></details></div>`
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

function movedWords({ moved, index, now }: RebuildState): string {
  if (!moved) return ''
  const way = moved.from !== null && moved.from < (index ?? 0) ? 'Gone forward' : 'Rolled back'
  return `${way} from index ${moved.from ?? '–'} to index ${index} ${when(moved.at, now)}${moved.by === null ? '' : ` by ${moved.by}`}.`
}

function another({ another: isRequired, savedAt, now }: RebuildState, { askedAt }: Rebuild): Html | '' {
  if (!isRequired) return ''
  const why = savedAt > askedAt ? `You changed settings ${when(savedAt, now)}.` : 'This one keeps the films of the index.'
  return html`<p class="reason">${iconOf('required')}<span>${why} Another rebuild will be required when this one finishes.</span></p>`
}

export const iconOf = (name: string): Html =>
  html`<svg class="i${name === 'arc' ? ' spin' : ''}" aria-hidden="true"><use href="#${name}"/></svg>`

export const difference = (changes: Change[]): Html =>
  html`<p class="line diffs">${changes.map(({ name, from, to }) => html`<span>${name} <del>${count(from)}</del> → <ins>${count(to)}</ins></span>`)}</p>`

/** A form that starts a rebuild; it works without the script as well. */
function start(label: string, { isPrimary = false }: { isPrimary?: boolean } = {}): Html {
  const option = (value: string, text: string, checked: Html | '') =>
    html`<label><input type="radio" name="mode" value="${value}"${checked}><span>${text}</span></label>`
  const choice = html`<fieldset class="seg"><legend class="sr">What to rebuild</legend>${option('profile', 'Profile', '')}${option('data', 'Profile and data', html` checked`)}</fieldset>`
  const isFirst = label.startsWith('Build')
  return html`<form method="post" action="rebuild" class="start">${isFirst ? '' : choice}<button class="btn small${isPrimary ? ' primary' : ''}" id="start">${label}</button></form>`
}

const busy = (label: string): Html =>
  html`<button class="btn small busy" id="start" type="button" aria-disabled="true" aria-describedby="why">${label}</button>`

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

function reasonOf(rebuild: Rebuild | null): string {
  return rebuild?.failure?.message ?? 'It ended without saying why'
}

const stopped = ({ rebuild }: RebuildState): string => (rebuild?.status === 'cancelled' ? ` Rebuild #${rebuild.id} was stopped.` : '')
const took = ({ askedAt, startedAt, finishedAt }: Rebuild): string => duration((finishedAt ?? 0) - (startedAt ?? askedAt))
const by = ({ by: who }: Rebuild): string => (who === null ? '' : ` by ${who}`)
