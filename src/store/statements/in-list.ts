// Lists in `in (…)`: rounded up to a few sizes, so that few statement texts are ever prepared.

const sizes = [1, 4, 16, 64, 256, 1_024]

/** The values, with the last one repeated until the list has one of the sizes. */
export function roundedUp<T>(values: readonly T[]): T[] {
  const size = sizes.find((least) => values.length <= least) ?? values.length
  const last = values.at(-1)
  return last === undefined ? [] : [...values, ...new Array<T>(size - values.length).fill(last)]
}
