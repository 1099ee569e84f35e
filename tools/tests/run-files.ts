// Runs test files, each in a process of its own, shows them one by one as they end, and says of each what passed and what failed.
// It knows nothing of what the tests need.
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type EventData, run } from 'node:test'
import { spec } from 'node:test/reporters'

export interface RunOptions {
  /** What the files are relative to. */
  root: string
  /** How many at a time. */
  concurrency: number
}

/** A file whose tests are over may be kept by something that they left open, as after a failure: longer than the whole run may take none is. */
const longestMs = 420_000

export interface FileResult {
  file: string
  passed: number
  /** The names of what failed. */
  failures: string[]
  ms: number
}

/** The results as the files were given. What failed is shown again in full below them all. */
export async function runFiles(files: readonly string[], { root, concurrency }: RunOptions): Promise<FileResult[]> {
  const shown = new PassThrough({ objectMode: true })
  const printed = shown.compose(spec)
  printed.pipe(process.stdout, { end: false })
  const results: FileResult[] = []
  const waiting = [...files.entries()]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, file] = next
      const { events, ...result } = await runFile(file, root)
      results[at] = result
      for (const event of events) shown.write(event)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const isPrinted = new Promise((resolve) => printed.once('end', resolve))
  shown.end()
  await isPrinted
  return results
}

type TestEvent = { type: string; data: object }

// A run of its own for each file: of an event in a common one nobody could say which file it is of.
async function runFile(file: string, root: string): Promise<FileResult & { events: TestEvent[] }> {
  const startedAt = performance.now()
  const result: FileResult = { file, passed: 0, failures: [], ms: 0 }
  const execArgv = ['--conditions=holdfast-source', `--import=${import.meta.resolve('./without-hooks.ts')}`]
  const signal = AbortSignal.timeout(longestMs)
  const tests = run({ files: [join(root, file)], cwd: root, execArgv, timeout: longestMs, signal })
  tests.on('test:pass', ({ details }) => {
    if (details.type !== 'suite') result.passed++
  })
  tests.on('test:fail', (failed) => {
    if (isCounted(failed)) result.failures.push(failed.name)
  })
  const events: TestEvent[] = []
  for await (const event of tests) if (!isOfWholeRun(event)) events.push(event)
  return { ...result, ms: performance.now() - startedAt, events }
}

// A suite fails with its tests, which are counted; or by itself, and then none of them was run.
function isCounted({ details }: EventData.TestFail): boolean {
  const isByItself = (details.error as { failureType?: string }).failureType !== 'subtestsFailed'
  return details.type !== 'suite' || isByItself
}

/** The sums of a run, which are those of one file here. */
function isOfWholeRun({ type, data }: TestEvent): boolean {
  if (type === 'test:summary') return !('file' in data) || data.file === undefined
  return (
    type === 'test:diagnostic' &&
    /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test((data as { message: string }).message)
  )
}
