// What was measured, round by round, and what went wrong. Knows no system and no row.
import { median } from '../report.ts'

export interface Results {
  add(row: string, system: string, value: number): void
  /** A measurement that failed is told beside the tables, never left out silently. */
  addFailure(row: string, system: string, error: unknown): void
  /** NaN when there is none. */
  median(row: string, system: string): number
  values(row: string, system: string): readonly number[]
  failures(): readonly string[]
}

export function newResults(): Results {
  const measured = new Map<string, number[]>()
  const failures: string[] = []
  const keyOf = (row: string, system: string) => `${row}\n${system}`
  const values = (row: string, system: string) => measured.get(keyOf(row, system)) ?? []
  return {
    add(row, system, value) {
      measured.set(keyOf(row, system), [...values(row, system), value])
    },
    addFailure(row, system, error) {
      const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
      failures.push(`${row}, ${system}: ${line}`)
    },
    median: (row, system) => median(values(row, system)),
    values,
    failures: () => failures,
  }
}
