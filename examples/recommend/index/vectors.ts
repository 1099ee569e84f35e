// Turns films into short vectors: weighted features, reduced by latent semantic analysis. Pure; knows no file and no job.
import type { Film } from './films.ts'
import { random } from './random.ts'

export const dimensions = 128

/** One unit vector a film, one after the other. */
export interface Vectors {
  count: number
  values: Float32Array
}

/** A film's features as column numbers and weights; the weights of a row have length 1. */
interface Sparse {
  columns: number
  rows: { at: Uint32Array; weight: Float32Array }[]
}

/** Yields the number of passes done; the last value returned holds the vectors. More passes only sharpen them. */
export function* contentVectors(films: Film[], passes = 12): Generator<number, Vectors> {
  const features = weigh(films.map(featuresOf))
  const next = random(features.columns)
  const start = Float32Array.from({ length: features.columns * dimensions }, () => next() - 0.5)
  let basis = orthonormal(start, features.columns)
  for (let pass = 1; pass <= passes; pass++) {
    basis = orthonormal(times(features, times(features, basis), true), features.columns)
    yield pass
  }
  return { count: films.length, values: unitRows(times(features, basis)) }
}

/** What two films can share, each with how much it says. */
export function featuresOf(film: Film): [name: string, weight: number][] {
  const decade = Math.floor(film.year / 10) * 10
  const features: [string, number][] = [
    [`genre ${film.genre}`, 1.1],
    [`decade ${decade}`, 0.7],
    [`rating ${Math.round(film.rating)}`, 0.7],
    [`votes ${Math.round(Math.log10(film.votes + 1) * 2)}`, 0.5],
  ]
  if (film.type !== null) features.push([`type ${film.type}`, 1], [`${film.genre} + ${film.type}`, 0.8])
  if (film.source !== null) features.push([`source ${film.source}`, 0.7])
  if (film.audience !== null) features.push([`audience ${film.audience}`, 0.6])
  if (film.director !== null) features.push([`director ${film.director}`, 1])
  if (film.distributor !== null) features.push([`distributor ${film.distributor}`, 0.2])
  if (film.minutes !== null) features.push([`length ${Math.round(film.minutes / 30)}`, 0.4])
  for (const word of wordsOf(film.title)) features.push([`word ${word}`, 0.5])
  return features
}

const wordsOf = (title: string): string[] => [...new Set(title.toLowerCase().match(/\p{L}{4,}/gu))].filter((word) => !empty.has(word))

const empty = new Set(['with', 'from', 'that', 'this', 'what', 'when', 'your', 'have', 'into', 'part', 'movie', 'film', 'episode'])

/** A feature that few films have says more; one that a single film has says nothing about any other. */
function weigh(films: [string, number][][]): Sparse {
  const counts = new Map<string, number>()
  for (const features of films) for (const [name] of features) counts.set(name, (counts.get(name) ?? 0) + 1)
  const columns = new Map([...counts].filter(([, count]) => count > 1).map(([name], column) => [name, column]))
  const rows = films.map((features) => {
    const known = features.flatMap(([name, weight]) => {
      const column = columns.get(name)
      return column === undefined ? [] : [[column, weight * Math.log(films.length / (counts.get(name) ?? 1) + 1)] as const]
    })
    const length = Math.hypot(...known.map(([, weight]) => weight)) || 1
    return { at: Uint32Array.from(known, ([column]) => column), weight: Float32Array.from(known, ([, weight]) => weight / length) }
  })
  return { columns: columns.size, rows }
}

/** Features × basis: a row for each film. With `transposed` the other way round: a row for each feature. */
function times({ rows, columns }: Sparse, matrix: Float32Array, transposed = false): Float32Array {
  const result = new Float32Array((transposed ? columns : rows.length) * dimensions)
  rows.forEach(({ at, weight }, row) => {
    at.forEach((column, index) => {
      const [to, from] = transposed ? [column, row] : [row, column]
      addScaled(result, to * dimensions, { of: matrix, at: from * dimensions, by: weight[index] ?? 0 })
    })
  })
  return result
}

/** Adds `by` times one vector to another. */
export function addScaled(target: Float32Array, start: number, source: { of: Float32Array; at: number; by: number }): void {
  const { of, at, by } = source
  for (let d = 0; d < dimensions; d++) target[start + d] = (target[start + d] ?? 0) + (of[at + d] ?? 0) * by
}

/** Gram–Schmidt over the columns: each loses what the earlier ones already say. */
function orthonormal(matrix: Float32Array, rows: number): Float32Array {
  for (let d = 0; d < dimensions; d++) {
    for (let earlier = 0; earlier < d; earlier++) subtract(matrix, { rows, d, earlier })
    let length = 0
    for (let row = 0; row < rows; row++) length += (matrix[row * dimensions + d] ?? 0) ** 2
    const scale = length > 1e-12 ? 1 / Math.sqrt(length) : 0
    for (let row = 0; row < rows; row++) matrix[row * dimensions + d] = (matrix[row * dimensions + d] ?? 0) * scale
  }
  return matrix
}

function subtract(matrix: Float32Array, { rows, d, earlier }: { rows: number; d: number; earlier: number }): void {
  let shared = 0
  for (let row = 0; row < rows; row++) shared += (matrix[row * dimensions + d] ?? 0) * (matrix[row * dimensions + earlier] ?? 0)
  for (let row = 0; row < rows; row++) {
    matrix[row * dimensions + d] = (matrix[row * dimensions + d] ?? 0) - shared * (matrix[row * dimensions + earlier] ?? 0)
  }
}

function unitRows(values: Float32Array): Float32Array {
  for (let start = 0; start < values.length; start += dimensions) {
    const row = values.subarray(start, start + dimensions)
    const length = Math.hypot(...row) || 1
    row.forEach((value, d) => {
      row[d] = value / length
    })
  }
  return values
}
