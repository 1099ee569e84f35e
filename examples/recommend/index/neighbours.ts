// The nearest films of a film by cosine. Pure; knows vectors and numbers only.
import { dimensions, type Vectors } from './vectors.ts'

export interface Neighbour {
  /** Position in the index, not the row of the file. */
  film: number
  /** Cosine, 1 for the same direction. */
  score: number
}

/** The `count` nearest to `film`, nearest first and never itself; equals in the order of the index. */
export function nearest(vectors: Vectors, film: number, count: number): Neighbour[] {
  const kept: Neighbour[] = []
  for (let other = 0; other < vectors.count; other++) {
    if (other === film) continue
    const score = similarity(vectors, film, other)
    if (kept.length === count && score <= (kept[count - 1]?.score ?? -1)) continue
    let place = kept.length
    while (place > 0 && (kept[place - 1]?.score ?? 1) < score) place -= 1
    kept.splice(place, 0, { film: other, score })
    if (kept.length > count) kept.pop()
  }
  return kept
}

/** Cosine of two films; their vectors have length 1. */
export function similarity({ values }: Vectors, a: number, b: number): number {
  return dot(values, a * dimensions, { other: values, at: b * dimensions })
}

export function dot(values: Float32Array, start: number, { other, at }: { other: Float32Array; at: number }): number {
  let sum = 0
  for (let d = 0; d < dimensions; d++) sum += (values[start + d] ?? 0) * (other[at + d] ?? 0)
  return sum
}
