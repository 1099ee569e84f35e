// Whether an app that did not say so is to execute jobs: yes, but not in its tests, where a worker would start by accident. Decides from what it is given.
import { HoldfastError } from '../core/errors.ts'

export interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>
  /** As `process.argv`. */
  argv: readonly string[]
  /** As `process.execArgv`. */
  execArgv: readonly string[]
}

export interface RunnerWanted {
  wanted: boolean
  /** What showed that this is a test; null when that decided nothing. */
  test: string | null
}

/**
 * `asked`: what the app said itself; then `HOLDFAST_RUNNER`; then whether this is a test. An object says how a runner would be, not that there is
 * one: an app that wants more slots starts no worker in its tests by that. @throws HoldfastError `invalid_config`
 */
export function runnerWanted(asked: boolean | object | undefined, around: Surroundings): RunnerWanted {
  if (typeof asked === 'boolean') return { wanted: asked, test: null }
  const named = around.environment.HOLDFAST_RUNNER
  // A guess would start a runner for `false`, or none for `yes`.
  if (named && named !== 'on' && named !== 'off')
    throw new HoldfastError('invalid_config', `HOLDFAST_RUNNER must be on or off, not ${JSON.stringify(named.slice(0, 50))}.`, {
      details: { field: 'HOLDFAST_RUNNER' },
    })
  if (named) return { wanted: named === 'on', test: null }
  const test = signOfTest(around)
  return { wanted: test === null, test }
}

// What node:test, vitest and jest set for the processes of a test; children of a test inherit it.
function signOfTest({ environment, argv, execArgv }: Surroundings): string | null {
  for (const name of ['NODE_TEST_CONTEXT', 'VITEST', 'JEST_WORKER_ID']) if (environment[name]) return name
  if (environment.NODE_ENV === 'test') return 'NODE_ENV=test'
  if (execArgv.includes('--test')) return 'node --test'
  const program = argv[1] ?? ''
  return /\.(test|spec)\.[cm]?[jt]sx?$/.test(program) ? program : null
}
