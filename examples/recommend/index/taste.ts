// What the viewer has watched, made up by a seeded generator, and the taste that follows from it. Pure; nobody really watched these.
import type { Film } from './films.ts'
import { type Random, random } from './random.ts'
import { addScaled, dimensions, type Vectors } from './vectors.ts'

export interface WatchEvent {
  /** Row of the film in the source file, so that an event outlives every index. */
  row: number
  at: number
  /** 1 to 5. */
  stars: number
}

/** A watched film and how much it says now. It names the row of the film, so that a profile fits whatever index is beside it. */
export interface Watched {
  row: number
  at: number
  weight: number
}

/** A profile as one index sees it. */
export interface Taste {
  /** Unit vector: the mean of what was watched, newer and better liked films first. */
  vector: Float32Array
  /** Positions in the index with their weight, heaviest first. */
  watched: { film: number; weight: number }[]
}

const day = 86_400_000
const lastEvening = Date.UTC(2026, 0, 31, 20)

/** The same seed and films give the same evenings. Well-known, well-rated films of a few favourite genres come up more often. */
export function generateEvents(films: Film[], { seed, count }: { seed: number; count: number }): WatchEvent[] {
  const next = random(seed)
  const genres = [...new Set(films.map((film) => film.genre))].sort()
  const liking = new Map(genres.map((genre) => [genre, next() ** 3 + 0.02]))
  const chances = films.map((film) => (liking.get(film.genre) ?? 0) * film.votes ** 0.75 * Math.max(0, film.rating - 5.5) ** 2)
  const events: WatchEvent[] = []
  for (let evening = 0; evening < count; evening++) {
    const film = films[draw(chances, next)]
    if (film === undefined) break
    const stars = Math.max(1, Math.min(5, Math.round(film.rating - 3.5 + next() * 1.5)))
    events.push({ row: film.row, at: lastEvening - Math.floor((count - evening) * 2.5 * day + next() * day), stars })
  }
  return events
}

/** A position by its chance, which is then used up; -1 when nothing is left. */
function draw(chances: number[], next: Random): number {
  let rest = next() * chances.reduce((sum, chance) => sum + chance, 0)
  const drawn = chances.findIndex((chance) => {
    rest -= chance
    return chance > 0 && rest <= 0
  })
  if (drawn !== -1) chances[drawn] = 0
  return drawn
}

/** Half as much for every 45 days that passed since; a film with two stars or fewer counts for nothing. Heaviest first. */
export function tasteProfile(events: WatchEvent[]): Watched[] {
  const newest = Math.max(...events.map((event) => event.at))
  const weight = ({ at, stars }: WatchEvent) => (Math.max(0, stars - 2) / 3) * 0.5 ** ((newest - at) / (45 * day))
  return events.map((event) => ({ row: event.row, at: event.at, weight: weight(event) })).sort((a, b) => b.weight - a.weight)
}

export function tasteIn({ films, vectors }: { films: Film[]; vectors: Vectors }, profile: Watched[]): Taste {
  const positions = new Map(films.map((film, position) => [film.row, position]))
  const watched = profile.flatMap(({ row, weight }) => {
    const film = positions.get(row)
    return film === undefined ? [] : [{ film, weight }]
  })
  const vector = new Float32Array(dimensions)
  for (const { film, weight } of watched) addScaled(vector, 0, { of: vectors.values, at: film * dimensions, by: weight })
  const length = Math.hypot(...vector) || 1
  return { vector: vector.map((value) => value / length), watched }
}
