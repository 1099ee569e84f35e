// The secrets that this process knows: those that the app names, and those that jobs get in variables whose names say so. Nothing of them is written down.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../core/limits.ts'
import { type Mask, maskOf, secretsOfVariable } from '../core/masking.ts'
import type { JobRecord } from '../store/store.ts'
import type { DataFolder } from './data-folder.ts'

export interface Masks {
  /** What is taken out of text now; null: nothing is known that would have to be. */
  now(): Mask | null
  /** Of the app, for as long as the process lives. */
  add(secrets: Iterable<string>): void
  learn(variables: Readonly<Record<string, string>>): void
}

export function openMasks(): Masks {
  const named = new Set<string>()
  /** Those that were learned last are at the end. */
  const learned = new Set<string>()
  let mask: Mask | null | undefined = null

  function forgetOldest(): void {
    const room = limits.secrets - named.size
    for (const secret of learned) {
      if (learned.size <= room && lengthOf(learned) <= limits.secretsCharacters) return
      learned.delete(secret)
    }
  }

  return {
    now() {
      if (mask === undefined) mask = maskOf([...named, ...learned])
      return mask
    },
    add(secrets) {
      for (const secret of secrets) named.add(secret)
      mask = undefined
    },
    learn(variables) {
      const secrets = Object.entries(variables).flatMap(([name, value]) => secretsOfVariable(name, value))
      const unknown = secrets.filter((secret) => isSecret(secret) && !named.has(secret) && !learned.has(secret))
      if (unknown.length === 0) return
      for (const secret of unknown) learned.add(secret)
      forgetOldest()
      mask = undefined
    },
  }
}

function isSecret(value: string): boolean {
  return value.length >= limits.secretLeast && value.length <= limits.secretCharacters
}

function lengthOf(secrets: ReadonlySet<string>): number {
  let length = 0
  for (const secret of secrets) length += secret.length
  return length
}

/** What its variables say; of a command of the moment as long as it has not settled, and where its folder is. */
export function learnFrom(
  { masks, folder }: { masks?: Masks; folder: DataFolder },
  { spec, finishedAt }: Pick<JobRecord, 'spec' | 'finishedAt'>,
): void {
  if (!masks) return
  masks.learn(spec.environment)
  if (spec.environmentFile === null || finishedAt !== null) return
  try {
    masks.learn(JSON.parse(readFileSync(join(folder.environments, spec.environmentFile), 'utf8')) as Record<string, string>)
  } catch {
    // Gone meanwhile, or not there: the job is of another folder.
  }
}
