// Chooses tonight's films from an index and a taste. Pure; knows no snapshot and no page.
import type { Film } from './films.ts'
import type { WatchIndex } from './index-files.ts'
import { dot, similarity } from './neighbours.ts'
import type { Taste } from './taste.ts'
import { dimensions } from './vectors.ts'

export interface Pick {
  film: Film
  /** 0 to 1. */
  score: number
  /** The watched film that speaks most for it. */
  because: Film
}

interface Candidate {
  film: number
  score: number
  because: number
}

/** `variety` from 0, more of the same, to 100, a surprise. Best first; one watched film speaks for one pick while others can. */
export function recommend(index: WatchIndex, taste: Taste, { results, variety }: { results: number; variety: number }): Pick[] {
  const chosen: Candidate[] = []
  const left = candidates(index, taste)
  while (chosen.length < results && left.length > 0) {
    const values = left.map((candidate) => candidate.score - (variety / 100) * likeness(index, candidate, chosen))
    const [next] = left.splice(values.indexOf(Math.max(...values)), 1)
    if (next !== undefined) chosen.push(next)
  }
  return chosen
    .sort((a, b) => b.score - a.score)
    .flatMap(({ film, because, score }) => {
      const [picked, reason] = [index.films[film], index.films[because]]
      return picked === undefined || reason === undefined ? [] : [{ film: picked, because: reason, score }]
    })
}

/** The unseen neighbours of what was watched, each with its best reason. */
function candidates(index: WatchIndex, { vector, watched }: Taste): Candidate[] {
  const seen = new Set(watched.map(({ film }) => film))
  const found = new Map<number, Candidate>()
  for (const { film: because, weight } of watched) {
    for (const { film, score: near } of index.neighbours[because] ?? []) {
      if (seen.has(film)) continue
      const fits = dot(index.vectors.values, film * dimensions, { other: vector, at: 0 })
      const good = Math.min(1, (index.films[film]?.rating ?? 0) / 8)
      const score = near * (0.8 + 0.2 * weight) * (0.9 + 0.1 * fits) * (0.85 + 0.15 * good)
      if (score > (found.get(film)?.score ?? 0)) found.set(film, { film, because, score })
    }
  }
  return [...found.values()]
}

function likeness(index: WatchIndex, { film, because }: Candidate, chosen: Candidate[]): number {
  return Math.max(0, ...chosen.map((other) => (other.because === because ? 1 : similarity(index.vectors, film, other.film))))
}
