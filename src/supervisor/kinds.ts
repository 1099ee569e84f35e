// Finding a kind's definition by name, with an error that lists the names there are.
import { HoldfastError } from '../core/errors.ts'
import type { JobDefinition } from './define-job.ts'

/** @throws HoldfastError `unknown_kind` */
export function definitionOf(kinds: ReadonlyMap<string, JobDefinition<unknown>>, kind: { kind: string } | string): JobDefinition<unknown> {
  const name = typeof kind === 'string' ? kind : kind.kind
  const definition = kinds.get(name)
  if (definition) return definition
  const known = [...kinds.keys()].join(', ') || 'none'
  throw new HoldfastError('unknown_kind', `There is no kind "${name}". Known kinds: ${known}.`, { details: { kind: name } })
}
