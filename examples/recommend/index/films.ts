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
  const list: FilmList = { films: [], warnings: [], leftOut: 0 }
  const seen = new Map<string, number>()
  rows.forEach((row: Row, index) => {
    const film = readFilm(row, { index, file: basename(path), warnings: list.warnings })
    if (film === null) {
      list.leftOut += 1
      return
    }
    warnOfTwin(film, seen, list.warnings)
    list.films.push(film)
  })
  return list
}

interface Place {
  index: number
  file: string
  warnings: string[]
}

function readFilm(row: Row, place: Place): Film | null {
  const title = row.Title
  const genre = text(row['Major Genre'])
  const rating = readRating(row, place)
  if (title === null || title === undefined || genre === null || rating === null) return null
  const name = readTitle(title, place)
  return {
    row: place.index,
    title: name,
    year: readYear(name, String(row['Release Date']), place),
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
}

function readTitle(title: unknown, { index, warnings }: Place): string {
  if (typeof title === 'number') warnings.push(`row ${index + 1}: the title ${title} is a number, read as text`)
  const written = String(title).trim()
  const name = written.replace(/[^\x20-\x7e]/g, (letter) => meant.get(letter) ?? letter)
  if (name !== written) warnings.push(`“${written}”: letters read as “${name}”`)
  return name
}

/** The file's accents went through the wrong alphabet once: Latin-1 bytes read as Mac Roman ("AmÈlie"). This is the way back. */
const meant = new Map(
  Array.from({ length: 128 }, (_, index) => {
    const byte = Uint8Array.of(128 + index)
    return [new TextDecoder('macintosh').decode(byte), new TextDecoder('latin1').decode(byte)] as const
  }),
)

function readRating(row: Row, { file, index }: Place): number | null {
  const rating = row['IMDB Rating'] ?? null
  if (rating === null || typeof rating === 'number') return rating
  throw new Error(`Rating of “${String(row.Title)}” is not a number: “${String(rating)}” (${file}, row ${index + 1})`)
}

/** The file wrote years with two digits once: "Dec 31 2046" is Duel in the Sun, 1946. It ends with 2011. */
function readYear(title: string, released: string, { index, file, warnings }: Place): number {
  const year = Number(released.slice(-4))
  if (!Number.isInteger(year)) throw new Error(`Release date of “${title}” has no year: “${released}” (${file}, row ${index + 1})`)
  if (year <= 2012) return year
  warnings.push(`“${title}”: date ${released} read as ${year - 100}`)
  return year - 100
}

function warnOfTwin(film: Film, seen: Map<string, number>, warnings: string[]): void {
  const first = seen.get(film.title)
  if (first !== undefined) warnings.push(`“${film.title}” appears twice (${first}, ${film.year}); kept both`)
  seen.set(film.title, film.year)
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
