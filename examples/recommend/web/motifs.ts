// The drawings on the posters: SVG in a field of 160 × 240, between y 40 and 160, above the title. `--f` is ink, `.a` the second colour. Pure.
import type { Random } from '../index/random.ts'

/** Draws with the poster's own random numbers; `words` is the film's title. */
export type Motif = (next: Random, words: string) => string

const times = (count: number, draw: (index: number) => string): string => Array.from({ length: count }, (_, index) => draw(index)).join('')
const fade = (from: number, step: number, index: number): string => (from + step * index).toFixed(2)
const within = (next: Random, low: number, high: number): number => Math.round(low + next() * (high - low))

export const motifs = {
  disc: (next) => {
    const x = within(next, 64, 96)
    return `<circle class="a" cx="${x}" cy="96" r="46"/><circle cx="${x}" cy="96" r="8"/>`
  },
  dots: (next) => {
    const odd = within(next, 0, 11)
    return times(12, (i) => `<circle${i === odd ? ' class="a"' : ''} cx="${38 + (i % 4) * 28}" cy="${62 + Math.floor(i / 4) * 28}" r="9"/>`)
  },
  dial: () =>
    times(
      12,
      (i) => `<rect x="77" y="46" width="6" height="20" rx="3" transform="rotate(${i * 30} 80 96)" opacity="${fade(0.35, 0.055, i)}"/>`,
    ),
  strata: () => times(8, (i) => `<rect x="20" y="${48 + i * 13}" width="120" height="${2 + i}" opacity="${fade(0.95, -0.1, i)}"/>`),
  bird: () => '<path d="M40 110 96 66l24 12-22 8-14 30z"/><path class="a" d="m120 78 12 2-11 4z"/><path d="M24 127h112v3H24z"/>',
  bars: (next) => `<path d="M48 44h5v112h-5zM60 44h5v112h-5z"/><path class="a" d="M${within(next, 88, 112)} 64h5v112h-5z"/>`,
  waves: () =>
    times(5, (i) => `<path class="l" stroke-width="4" d="M-10 ${52 + i * 19}q22-16 45 0t45 0 45 0 45 0" opacity="${fade(1, -0.15, i)}"/>`),
  windows: (next) => {
    const lit = within(next, 0, 3)
    return times(4, (i) => `<path${i === lit ? ' class="a"' : ''} d="M${36 + (i % 2) * 48} ${52 + (i >> 1) * 48}h40v40h-40z"/>`)
  },
  sun: () => '<path d="M43 116a40 40 0 1 1 74 0z"/><path class="a" d="M30 123h100v3H30zM46 134h68v3H46z"/>',
  stripes: () => times(7, (i) => `<path${i % 2 === 0 ? ' class="a"' : ''} d="M0 ${48 + i * 15}h160v7H0z"/>`),
  moon: (next) => {
    const star = () => `<circle cx="${within(next, 18, 142)}" cy="${within(next, 44, 152)}" r="2"/>`
    return `${times(9, star)}<path class="a" d="M96 58a42 42 0 1 0 22 62 34 34 0 1 1-22-62z"/>`
  },
  peaks: () =>
    '<circle class="a" cx="112" cy="62" r="15"/><path d="m40 152 66-66 54 54v12z" opacity=".55"/><path d="m0 152 54-86 62 86z"/>',
  road: () =>
    '<path d="M72 58h16l54 98H18z"/><path class="b" d="M78 66h4l1 12h-6zM76 88h8l2 18H74zM73 118h14l3 28H70z"/><circle class="a" cx="80" cy="50" r="9"/>',
  rings: (next) => {
    const x = within(next, 56, 104)
    return `${times(5, (i) => `<circle class="l" stroke-width="4" cx="${x}" cy="96" r="${12 + i * 14}" opacity="${fade(1, -0.17, i)}"/>`)}<circle class="a" cx="${x}" cy="96" r="6"/>`
  },
  eye: () =>
    '<path d="M20 98q60-62 120 0-60 62-120 0z"/><circle class="b" cx="80" cy="98" r="25"/><circle class="a" cx="80" cy="98" r="13"/>',
  stairs: () => times(6, (i) => `<path${i === 5 ? ' class="a"' : ''} d="M${20 + i * 20} ${138 - i * 17}h21V156h-21z"/>`),
  city: (next) => times(8, (i) => `<path${i === 5 ? ' class="a"' : ''} d="M${16 + i * 16} ${156 - within(next, 28, 104)}h14V156h-14z"/>`),
  lock: () => '<circle cx="80" cy="80" r="28"/><path d="M70 96h20l10 60H60z"/><circle class="a" cx="80" cy="80" r="9"/>',
  pair: () => '<circle cx="60" cy="98" r="38"/><circle class="a m" cx="100" cy="98" r="38"/>',
  halves: (next) => {
    const tilt = within(next, -30, 30)
    return `<g transform="rotate(${tilt} 80 98)"><path d="M34 92a46 46 0 0 1 92 0z"/><path class="a" d="M34 104a46 46 0 0 0 92 0z"/></g>`
  },
  rays: () =>
    `${times(16, (i) => `<path d="M78 40h4l3 26h-10z" transform="rotate(${i * 22.5} 80 98)"/>`)}<circle class="a" cx="80" cy="98" r="22"/>`,
  number: (_next, words) => {
    const digits = /\d{1,3}/.exec(words)?.[0] ?? ''
    return `<text class="n${digits.length}" x="77" y="${digits.length > 2 ? 122 : 132}" text-anchor="middle">${digits}</text>`
  },
  shout: () => '<path d="M68 40h24l-6 76H74z"/><circle class="a" cx="80" cy="138" r="12"/>',
} satisfies Record<string, Motif>

export type MotifName = keyof typeof motifs

/** What suits a genre; anything else may be drawn once these are taken. */
export const suits: Record<string, MotifName[]> = {
  Western: ['sun', 'peaks', 'road'],
  Horror: ['eye', 'moon', 'lock', 'bars'],
  'Thriller/Suspense': ['lock', 'dial', 'eye', 'stairs', 'bars'],
  Action: ['rays', 'road', 'bars', 'dial', 'city'],
  Adventure: ['peaks', 'waves', 'bird', 'sun', 'rings'],
  Comedy: ['dots', 'halves', 'windows', 'disc', 'stairs'],
  'Black Comedy': ['halves', 'bars', 'dots'],
  'Romantic Comedy': ['pair', 'moon', 'waves', 'windows'],
  Musical: ['rays', 'waves', 'stripes', 'disc'],
  Documentary: ['strata', 'stripes', 'rings'],
  Drama: ['bird', 'windows', 'strata', 'disc', 'city', 'stripes', 'halves'],
}
