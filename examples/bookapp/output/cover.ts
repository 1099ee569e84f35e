// The cover: title, series and three waves in two colours that come from the book's id. An SVG for the shelf and for the EPUB. Pure.
import { type Book, numberOf } from '../book.ts'
import { xml } from './xml.ts'

export function coverOf({ id, title, series }: Book): string {
  const hue = numberOf(id) % 360
  const dark = (lightness: number) => `hsl(${(hue + 24) % 360} 42% ${lightness}%)`
  const waves = [0, 1, 2].map((wave) => {
    const top = 360 + wave * 46 + (numberOf(`${id}${wave}`) % 22)
    return `<path d="M0 ${top} q45 -26 90 0 t90 0 t90 0 t90 0 V540 H0 Z" fill="${dark(42 - wave * 9)}"/>`
  })
  const lines = wrapped(title)
  const size = lines.length > 3 ? 38 : 46
  const text = lines.map((line, index) => `<tspan x="40" dy="${index === 0 ? 0 : size * 1.12}">${xml(line)}</tspan>`)
  const place = series && `<text x="40" y="66" font-size="19" letter-spacing="1">${xml(cut(series.title, 24))} · ${series.number}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 540" width="360" height="540" role="img" aria-label="${xml(title)}">
<rect width="360" height="540" fill="hsl(${hue} 32% 88%)"/>
<circle cx="${90 + (numberOf(`${id}sun`) % 180)}" cy="330" r="58" fill="hsl(36 84% 68%)"/>
${waves.join('\n')}
<g fill="${dark(24)}" font-family="Georgia, 'Liberation Serif', 'DejaVu Serif', serif">
${place ?? ''}<text x="40" y="${series ? 122 : 92}" font-size="${size}" font-weight="600">${text.join('')}</text></g>
</svg>
`
}

/** At most five lines of about twelve characters. */
function wrapped(title: string): string[] {
  const lines = title.match(/\S.{0,10}\S(?=\s|$)|\S+/g) ?? []
  return lines.slice(0, 5).map((line) => cut(line, 15))
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
