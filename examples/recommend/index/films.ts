// Reads the film list and judges each row: usable, odd but usable, left out, or broken. Knows no vector and no job.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The films of vega-datasets, a package of example data. */
export const filmsPath = fileURLToPath(new URL('../data/movies.json', import.meta.resolve('vega-datasets')))

export interface Film {
  /** Row in the source file, from 0: the film's number everywhere. */
  row: number
  title: string
  year: number
  genre: string
  type: string | null
  source: string | null
  director: string | null
  distributor: string | null
  audience: string | null
  minutes: number | null
  rating: number
  votes: number
}

export interface FilmList {
  films: Film[]
  /** Sentences about odd rows, for the person who reads the log. */
  warnings: string[]
  /** Rows that say too little to be compared. */
  leftOut: number
}

type Row = Record<string, unknown>

/** @throws Error with a sentence that names the film and its row, when a value cannot be what it claims to be. */
export async function readFilms(path: string): Promise<FilmList> {
  const rows: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (!Array.isArray(rows)) throw new Error(`${basename(path)} is not a list of films`)
  const warnings: string[] = []
  const films = rows.flatMap((row: Row, index) => readFilm(row, { place: `${basename(path)}, row ${index + 1}`, index, warnings }))
  const seen = new Map<string, number>()
  for (const { title, year } of films) {
    const first = seen.get(title)
    if (first !== undefined) warnings.push(`“${title}” appears twice (${first}, ${year}); kept both`)
    seen.set(title, year)
  }
  return { films, warnings, leftOut: rows.length - films.length }
}

/** None, where the row says too little. */
function readFilm(row: Row, { place, index, warnings }: { place: string; index: number; warnings: string[] }): Film[] {
  const [given, genre, rating] = [row.Title ?? null, text(row['Major Genre']), row['IMDB Rating'] ?? null]
  if (given === null || genre === null || rating === null) return []
  if (typeof rating !== 'number') throw new Error(`Rating of “${given}” is not a number: “${rating}” (${place})`)
  if (typeof given === 'number') warnings.push(`row ${index + 1}: the title ${given} is a number, read as text`)
  const written = String(given).trim()
  const title = written.replace(/[^\x20-\x7e]/g, (letter) => meant.get(letter) ?? letter)
  if (title !== written) warnings.push(`“${written}”: letters read as “${title}”`)
  const released = String(row['Release Date'])
  const year = Number(released.slice(-4))
  if (!Number.isInteger(year)) throw new Error(`Release date of “${title}” has no year: “${released}” (${place})`)
  // The file wrote years with two digits once: "Dec 31 2046" is Duel in the Sun, 1946. It ends with 2011.
  if (year > 2012) warnings.push(`“${title}”: date ${released} read as ${year - 100}`)
  const film: Film = {
    row: index,
    title,
    year: year > 2012 ? year - 100 : year,
    genre,
    type: text(row['Creative Type']),
    source: text(row.Source),
    director: text(row.Director),
    distributor: text(row.Distributor),
    audience: text(row['MPAA Rating']),
    minutes: typeof row['Running Time min'] === 'number' ? row['Running Time min'] : null,
    rating,
    votes: typeof row['IMDB Votes'] === 'number' ? row['IMDB Votes'] : 0,
  }
  return [film]
}

/** The file's accents went through the wrong alphabet once: Latin-1 bytes read as Mac Roman ("AmÈlie"). This is the way back. */
const meant = new Map(
  Array.from({ length: 128 }, (_, index) => {
    const byte = Uint8Array.of(128 + index)
    return [new TextDecoder('macintosh').decode(byte), new TextDecoder('latin1').decode(byte)] as const
  }),
)

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
