// The artifacts of a kind as a definition gives them → the names a job publishes: checked, each once. Data only; publishing is the runner's.
import { isArtifactName } from '../core/artifact.ts'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'

/** @throws HoldfastError `invalid_config` */
export function artifactsFrom(kind: string, asked: unknown): string[] {
  if (!Array.isArray(asked) || asked.length > limits.artifactsOfJob) throw refused(kind, `a list of at most ${limits.artifactsOfJob} names`)
  const wrong = asked.find((name) => typeof name !== 'string' || !isArtifactName(name))
  if (wrong !== undefined) throw refused(kind, 'lower-case letters, digits, "-", "_" or "."', ` (${JSON.stringify(wrong)})`)
  if (new Set(asked).size !== asked.length) throw refused(kind, 'a list without the same name twice')
  return asked
}

/** Those that are known before any job of the kind; a function of the input names none. */
export function fixedArtifacts({ artifacts = [] }: { artifacts?: unknown }): readonly string[] {
  return Array.isArray(artifacts) ? artifacts : []
}

function refused(kind: string, expected: string, what = ''): HoldfastError {
  return new HoldfastError('invalid_config', `defineJob: artifacts${what} of kind "${kind}" must be ${expected}.`, {
    details: { field: 'artifacts' },
  })
}
