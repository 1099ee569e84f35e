// All files, and those that failed beside others once more, alone: what passes then is no failure, but is named until somebody mends it
// (docs/decisions/0022-flaky-is-named.md).
import { type FileResult, type RunOptions, runFiles } from './run-files.ts'

export interface Outcome {
  passed: number
  failed: number
  /** Files that failed beside others and passed alone, with what failed of them. */
  flaky: FileResult[]
  slowest: FileResult[]
}

/** More than so many are no accident. */
export const mostRunAgain = 5
const slowestNamed = 16

export async function runTests(files: readonly string[], options: RunOptions): Promise<Outcome> {
  const first = await runFiles(files, options)
  const again = await failedOnesAgain(first, options)
  const flaky = first.filter(({ file }) => again.get(file)?.failures.length === 0)
  const counted = first.map((result) => again.get(result.file) ?? result)
  return {
    passed: counted.reduce((sum, { passed }) => sum + passed, 0),
    failed: counted.reduce((sum, { failures }) => sum + failures.length, 0),
    flaky,
    slowest: first.toSorted((a, b) => b.ms - a.ms).slice(0, slowestNamed),
  }
}

async function failedOnesAgain(first: readonly FileResult[], options: RunOptions): Promise<Map<string, FileResult>> {
  const failed = first.filter(({ failures }) => failures.length > 0).map(({ file }) => file)
  const wasAlone = first.length === 1
  if (failed.length === 0 || failed.length > mostRunAgain || wasAlone) return new Map()
  console.log(`\nFailed beside others, so run once more, alone: ${failed.join(', ')}\n`)
  const results = await runFiles(failed, { ...options, concurrency: 1 })
  return new Map(results.map((result) => [result.file, result]))
}

/** What is said at the end; the last line is for programs. */
export function closingLines({ passed, failed, flaky, slowest }: Outcome): string[] {
  return [
    `Slowest files: ${slowest.map(({ file, ms }) => `${file} ${(ms / 1000).toFixed(1)} s`).join(', ')}`,
    ...flaky.flatMap(({ file, failures }) => [
      `flaky: ${file} failed beside others and passed alone; its first failure is above, and is a bug to be mended:`,
      ...failures.map((name) => `flaky:   ${name}`),
    ]),
    `${passed} passed, ${failed} failed`,
  ]
}
