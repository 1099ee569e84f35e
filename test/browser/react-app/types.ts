// The hooks are typed by the app's kinds: what is wrong does not compile. Nothing of it is run: tsc is the test.
import { createHooks, type JobStanding, useJob, useKind } from '../../../src/react/index.ts'
import type { Kinds } from './app.ts'

const typed = createHooks<Kinds>()

export function Typed(): null {
  const { start } = typed.useKind('script')
  start({ lines: 'true' }).then(({ job, created }) => [job.result?.rows satisfies number | undefined, created satisfies boolean])
  start({ lines: 'true', note: 'x' }, { submittedBy: 'ana', name: 'Nightly' })
  // @ts-expect-error It needs an input.
  start()
  // @ts-expect-error It has no such field.
  start({ line: 'true' })
  // @ts-expect-error There is no such kind.
  typed.useKind('scirpt')
  const { result } = typed.useJob({ kind: 'script', key: 'x' })
  result?.rows satisfies number | undefined
  // @ts-expect-error The result has no such field.
  result?.columns
  typed.useJob<'script'>(42).result?.rows satisfies number | undefined
  typed.useJob(null).job satisfies JobStanding<unknown>['job']
  // @ts-expect-error There is no such kind.
  typed.useJob({ kind: 'scirpt' })
  // Without kinds anything may be asked.
  useKind('any').start({ thing: [1] })
  useKind('any').start()
  useJob<{ rows: number }>(7).result?.rows satisfies number | undefined
  return null
}
