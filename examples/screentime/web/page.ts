// The pages: all episodes, one episode with its four stages, one stage with its log. Draws a state; knows no request. What runs the page
// elements draw: they find it by kind and key, which are stage and episode.
import { html } from 'hono/html'
import type { Results } from '../episodes.ts'
import { type Stage, stages, stagesFrom, titles } from '../stages.ts'
import type { EpisodeList, EpisodeState } from '../state.ts'
import { type Html, timeline } from './timeline.ts'
import { duration, several } from './words.ts'

export function episodesPage({ episodes, page: shown, pages }: EpisodeList, folder: string): Html {
  const turn = (to: number, words: string) => (to < 1 || to > pages ? '' : html`<a href="/?page=${to}">${words}</a>`)
  const list =
    episodes.length === 0
      ? html`<p class="empty">No video yet. Put one into <code>${folder}/videos</code>.</p>`
      : html`<ul class="episodes">${episodes.map(episodeRow)}</ul>
<p class="turn">${turn(shown - 1, 'Previous')}${turn(shown + 1, 'Next')}</p>`
  return page({ title: 'Episodes', path: [], main: html`${list}` })
}

function episodeRow({ name, results, faults, active }: EpisodeList['episodes'][number]): Html {
  const done = stages.filter((stage) => results[stage] !== null)
  const people = results.cluster === null ? '' : ` · ${several(results.cluster.people.length, 'person', 'people')}`
  const length = results.extract === null ? 'not looked at yet' : `${duration(secondsOf(results.extract))}${people}`
  const wrong = Object.values(faults).map((words) => ` · ${words}`)
  const now = active === null ? '' : html` · <b>${titles[active]}…</b>`
  return html`<li><a href="${addressOf(name)}"><h2>${name}</h2><p class="quiet">${length}${wrong}${now}</p>
<p class="rail"><span class="sr">${done.length} of ${stages.length} stages done</span>${stages.map(
    (stage) => html`<i aria-hidden="true" data-state="${stage === active ? 'active' : results[stage] === null ? '' : 'done'}"></i>`,
  )}</p></a></li>`
}

export function episodePage(state: EpisodeState): Html {
  const { name, results } = state
  const result =
    results.cluster === null
      ? html`<p class="quiet">Nobody is known yet: the four stages find out, one after the other.</p>`
      : timeline(results.cluster)
  const main = html`<section class="result" id="result"><h2>Screen time</h2>${result}</section>
<ol class="stages">${stages.map((stage, i) => stageCard(state, stage, i + 1))}</ol>`
  return page({ title: name, path: [{ words: 'Episodes', to: '/' }], main })
}

function stageCard(state: EpisodeState, stage: Stage, place: number): Html {
  const made = madeWords(state, stage)
  const words = made ?? state.faults[stage]
  return html`<li class="stage" data-stage="${stage}">
<header><span class="place" data-state="${made === null ? '' : 'done'}" aria-hidden="true">${place}</span>
<h2><a href="${addressOf(state.name, stage)}">${titles[stage]}</a></h2>
${words === undefined ? '' : html`<p class="made">${words}</p>`}</header>
${startButton(state, stage)}
<holdfast-job kind="${stage}" key="${state.name}" check></holdfast-job></li>`
}

export function stagePage(state: EpisodeState, stage: Stage): Html {
  const { name } = state
  const link = (to: Stage) =>
    html`<li><a href="${addressOf(name, to)}"${to === stage ? html` aria-current="page"` : ''}>${titles[to]}</a></li>`
  const main = html`<nav aria-label="Stages"><ol class="tabs">${stages.map(link)}</ol></nav>
<section class="one" data-stage="${stage}"><div><p class="made">${madeWords(state, stage) ?? state.faults[stage] ?? 'Not done yet.'}</p>
${startButton(state, stage)}
<holdfast-job kind="${stage}" key="${name}" check></holdfast-job></div>
<holdfast-log kind="${stage}" key="${name}" height="420px"></holdfast-log></section>`
  const path = [
    { words: 'Episodes', to: '/' },
    { words: name, to: addressOf(name) },
  ]
  return page({ title: titles[stage], path, main })
}

/** Where there is nothing else to show: why, and the way back. */
export function noticePage(title: string, words: string): Html {
  const main = html`<p class="notice">${words}</p><p><a href="/">All episodes</a></p>`
  return page({ title, path: [], main })
}

const busy: Record<Stage, string> = { extract: 'Extracting…', detect: 'Detecting…', track: 'Following…', cluster: 'Telling apart…' }

/** Where it is stalled, the card has other buttons in its place. */
function startButton(state: EpisodeState, stage: Stage): Html {
  const { name, results } = state
  const reason = state.reasons[stage]
  const lost = stagesFrom(stage).flatMap((later) => (later === stage ? [] : (madeWords(state, later) ?? [])))
  const question = `${titles[stage]} again? When it is done, what was made of the old result is gone: ${lost.join(', ')}.`
  const isDone = results[stage] !== null
  return html`<holdfast-start id="start-${stage}" kind="${stage}" key="${name}" input="${JSON.stringify({ episode: name })}"
label="${titles[stage]}${isDone ? ' again' : ''}" busy-label="${busy[stage]}" variant="${isDone || reason !== null ? 'plain' : 'primary'}"${
    reason === null ? '' : html` reason="${reason}"`
  }${lost.length === 0 ? '' : html` confirm="${question}"`}></holdfast-start>`
}

/** What a stage has made, or null. */
function madeWords({ results: { extract, detect, track, cluster } }: EpisodeState, stage: Stage): string | null {
  if (stage === 'extract')
    return extract && `${several(extract.frames, 'frame')} of ${extract.width} × ${extract.height}, ${extract.framesPerSecond} a second`
  if (stage === 'detect') return detect && `${several(detect.faces, 'face')} in ${several(detect.frames, 'frame')}`
  if (stage === 'track') return track && `${several(track.tracks.length, 'face')} followed`
  return cluster && several(cluster.people.length, 'person', 'people')
}

const secondsOf = ({ frames, framesPerSecond }: Results['extract']): number => frames / framesPerSecond

const addressOf = (episode: string, stage?: Stage): string =>
  `/episodes/${encodeURIComponent(episode)}${stage === undefined ? '' : `/${stage}`}`

interface Page {
  title: string
  /** What is above it, from the top. */
  path: { words: string; to: string }[]
  main: Html
}

function page({ title, path, main }: Page): Html {
  const crumbs = path.map(({ words, to }) => html`<a href="${to}">${words}</a> <span aria-hidden="true">/</span> `)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – screentime</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/holdfast/elements.js"></script>
</head>
<body>
<header class="top"><a class="logo" href="/">screentime</a><holdfast-indicator kinds="${stages.join(' ')}"></holdfast-indicator><a class="push" href="/holdfast/">Dashboard</a></header>
<main><p class="crumbs">${crumbs}</p><h1>${title}</h1><holdfast-fresh id="page" kinds="${stages.join(' ')}">${main}</holdfast-fresh></main>
</body>
</html>`
}
