// A poster for each pick: the film's own seed chooses motif and colours, so that a film keeps its poster as far as its neighbours allow. Pure.
import { html, raw } from 'hono/html'
import type { Film } from '../index/films.ts'
import { random, seedOf } from '../index/random.ts'
import type { Pick } from '../index/recommend.ts'
import { type MotifName, motifs, suits } from './motifs.ts'

/** Sets of colours in style.css, `.c0` to `.c13`. */
const colourSets = 14

interface Look {
  motif: MotifName
  colours: number
}

export function posters(picks: Pick[]) {
  const looks = looksOf(picks.map(({ film }) => film))
  return html`<ul class="posters">${picks.map((pick, index) => poster(pick, looks[index] ?? { motif: 'disc', colours: 0 }))}</ul>`
}

/** Twelve empty frames: what a page shows before its first index. */
export function frames(count: number) {
  return html`<ul class="posters" aria-hidden="true">${Array.from({ length: count }, () => html`<li><div class="poster frame"></div><p class="frame"></p></li>`)}</ul>`
}

function poster({ film, score, because }: Pick, { motif, colours }: Look) {
  const drawing = raw(motifs[motif](random(seedOf(film.title)), film.title))
  const long = film.title.length > 26 ? ' long' : ''
  return html`<li><article class="poster c${colours}"><svg viewBox="0 0 160 240" aria-hidden="true">${drawing}</svg><span class="yr">${film.year}</span><h2 class="ti${long}">${film.title}</h2></article>
<p><b>${Math.round(score * 100)} %</b> because of ${because.title}</p></li>`
}

/** Each film's first choice, or the next one that no earlier poster of the page has. */
export function looksOf(films: Film[]): Look[] {
  const drawn = new Set<MotifName>()
  const coloured = new Set<number>()
  return films.map((film) => {
    const seed = seedOf(`${film.title} ${film.year}`)
    const motif = wishes(film, seed).find((wish) => !drawn.has(wish)) ?? 'disc'
    let colours = seed % colourSets
    while (coloured.has(colours)) colours = (colours + 1) % colourSets
    drawn.add(motif)
    coloured.add(colours)
    if (coloured.size === colourSets) coloured.clear()
    if (drawn.size > 18) drawn.clear()
    return { motif, colours }
  })
}

/** Motifs in the order in which the film would like them: what its title says, what suits its genre, anything. */
function wishes({ title, genre }: Film, seed: number): MotifName[] {
  const said: MotifName[] = /\b\d{1,3}\b/.test(title) ? ['number'] : title.endsWith('!') ? ['shout'] : []
  const own = suits[genre] ?? []
  return [...said, ...turned(own, seed), ...turned(anyFilm, seed)]
}

const anyFilm = (Object.keys(motifs) as MotifName[]).filter((motif) => motif !== 'number' && motif !== 'shout')

const turned = <Item>(list: Item[], by: number): Item[] => list.map((_, index) => list[(index + by) % list.length] as Item)
