// Who is on screen when: a bar for each stretch, on one line for each person. Without names, and without any picture of them.
import { html } from 'hono/html'
import type { Results } from '../episodes.ts'
import type { Person } from '../faces/cluster.ts'
import { duration, place, several } from './words.ts'

export type Html = ReturnType<typeof html>

export function timeline({ seconds, people }: Results['cluster']): Html {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => html`<span>${place(part * seconds)}</span>`)
  if (people.length === 0) return html`<p class="quiet">No face was found in ${duration(seconds)}.</p>`
  return html`<p class="quiet">${several(people.length, 'person', 'people')} in ${duration(seconds)}, the longest on screen first.</p>
<ol class="people">${people.slice(0, shown).map((person) => row(person, seconds))}</ol>
${people.length > shown ? html`<p class="quiet">And ${people.length - shown} more, shorter.</p>` : ''}
<p class="axis" aria-hidden="true">${ticks}</p>`
}

const shown = 40

/** The least width at which a bar is still seen, of a thousand. */
const least = 3

function row({ number, seconds, spans }: Person, total: number): Html {
  const bars = spans.map(([from, to]) => {
    const x = (from / total) * 1000
    return html`<rect x="${x.toFixed(1)}" width="${Math.max(least, (to / total) * 1000 - x).toFixed(1)}" height="20"/>`
  })
  const when = spans.slice(0, 20).map(([from, to]) => `${place(from)} to ${place(to)}`)
  const label = `Person ${number}: ${when.join(', ')}${spans.length > 20 ? ` and ${spans.length - 20} more` : ''}`
  return html`<li class="p${(number - 1) % 6}"><h3>Person ${number}</h3>
<p><b>${duration(seconds)}</b> <span class="quiet">${Math.round((seconds / total) * 100)} %</span></p>
<svg role="img" aria-label="${label}" viewBox="0 0 1000 20" preserveAspectRatio="none">${bars}</svg></li>`
}
