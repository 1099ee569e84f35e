// Posters drawn from what is known of a film: the same film keeps its poster as far as its neighbours allow. Pure.
import { readFileSync } from 'node:fs'
import { html, raw } from 'hono/html'
import type { Film } from '../index/films.ts'
import { seedOf } from '../index/random.ts'
import type { Pick } from '../index/recommend.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const drawings = read('motifs.svg')

/** Drawings to be used anywhere on the same page, by their ids. */
export const sprite = (name: string) => html`<svg class="sprite" aria-hidden="true">${raw(read(name))}</svg>`
const motifs = sprite('motifs.svg')

/** The motifs that any film may have, with the genres that each suits best. */
const anyFilm = [...drawings.matchAll(/id="(\w+)" data-genres="([^"]*)"/g)]
  .map(([, motif = '', genres = '']) => ({ motif, genres: genres.split(',') }))
  .filter(({ motif }) => motif !== 'shout')

/** Sets of colours in posters.css, `.c0` to `.c13`. */
const colourSets = 14

interface Look {
  motif: string
  colours: number
}

export function posters(picks: Pick[]) {
  const looks = looksOf(picks.map(({ film }) => film))
  return html`${motifs}<ul class="posters">${picks.map((pick, index) => poster(pick, looks[index] ?? { motif: 'disc', colours: 0 }))}</ul>`
}

/** Empty frames: what a page shows before its first index. */
export function frames(count: number) {
  return html`<ul class="posters" aria-hidden="true">${Array.from({ length: count }, () => html`<li><div class="poster frame"></div><p class="frame"></p></li>`)}</ul>`
}

function poster({ film, score, because }: Pick, { motif, colours }: Look) {
  const digits = /\d{1,3}/.exec(film.title)?.[0] ?? ''
  const drawing =
    motif === 'number'
      ? html`<text class="n${digits.length}" x="77" y="${digits.length > 2 ? 122 : 132}" text-anchor="middle">${digits}</text>`
      : html`<use href="#${motif}"${seedOf(film.title) % 2 === 0 ? html` transform="matrix(-1 0 0 1 160 0)"` : ''}/>`
  const long = film.title.length > 26 ? ' long' : ''
  return html`<li><article class="poster c${colours}"><svg viewBox="0 0 160 240" aria-hidden="true">${drawing}</svg><span class="yr">${film.year}</span><h2 class="ti${long}">${film.title}</h2></article>
<p><b>${Math.round(score * 100)} %</b> because of ${because.title}</p></li>`
}

/** Each film's first choice, or the next one that no earlier poster of the page has. */
export function looksOf(films: Film[]): Look[] {
  const drawn = new Set<string>()
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
function wishes({ title, genre }: Film, seed: number): string[] {
  const said = /\b\d{1,3}\b/.test(title) ? ['number'] : title.endsWith('!') ? ['shout'] : []
  const own = anyFilm.filter(({ genres }) => genres.includes(genre))
  return [...said, ...turned(own, seed), ...turned(anyFilm, seed)]
}

const turned = (list: { motif: string }[], by: number): string[] =>
  list.map((_, index) => list[(index + by) % list.length]?.motif ?? 'disc')
