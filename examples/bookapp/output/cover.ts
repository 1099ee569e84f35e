// The cover: title, series and three waves in two colours that come from the book's id. An SVG for the shelf and for the EPUB. Pure.
import type { Book } from '../book.ts'
import { numberOf } from '../seed.ts'
import { xml } from './xml.ts'

export function coverOf({ id, title, series }: Pick<Book, 'id' | 'title' | 'series'>): string {
  const hue = numberOf(id) % 360
  const [sky, sea] = [`hsl(${hue} 32% 88%)`, `hsl(${(hue + 24) % 360} 42% 24%)`]
  const lines = wrapped(title, 12).slice(0, 5)
  const size = lines.length > 3 ? 38 : 46
  const text = lines.map((line, index) => `<tspan x="40" dy="${index === 0 ? 0 : size * 1.12}">${xml(line)}</tspan>`).join('')
  const place = series === null ? '' : `<text x="40" y="66" font-size="19" letter-spacing="1">${xml(placeOf(series))}</text>`
  const waves = [0, 1, 2].map((wave) =>
    wavePath(360 + wave * 46 + (numberOf(`${id}${wave}`) % 22), `hsl(${(hue + 24) % 360} 42% ${42 - wave * 9}%)`),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 540" width="360" height="540" role="img" aria-label="${xml(title)}">
<rect width="360" height="540" fill="${sky}"/>
<circle cx="${90 + (numberOf(`${id}sun`) % 180)}" cy="330" r="58" fill="hsl(36 84% 68%)"/>
${waves.join('\n')}
<g fill="${sea}" font-family="Georgia, 'Liberation Serif', 'DejaVu Serif', serif">
${place}<text x="40" y="${place === '' ? 92 : 122}" font-size="${size}" font-weight="600">${text}</text></g>
</svg>
`
}

const placeOf = ({ title, number }: NonNullable<Book['series']>): string =>
  `${title.length > 24 ? `${title.slice(0, 23)}…` : title} · ${number}`

function wavePath(top: number, fill: string): string {
  return `<path d="M0 ${top} q45 -26 90 0 t90 0 t90 0 t90 0 V540 H0 Z" fill="${fill}"/>`
}

function wrapped(title: string, width: number): string[] {
  const lines: string[] = []
  for (const word of title.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word.length > width + 3 ? `${word.slice(0, width + 2)}…` : word)
  }
  return lines
}
