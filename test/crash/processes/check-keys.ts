// I3: from what the jobs themselves wrote down. All of them append to one file, so that its order is the order of what happened, without any clock.

import type { Tell } from './checker.ts'
import type { Evidence } from './evidence.ts'
import type { Asked } from './kinds.ts'

interface Held {
  job: number
  attempt: number
  mode: 'shared' | 'exclusive'
  from: number
  /** The last thing that any process of it wrote down: it lived at least so long. */
  to: number
}

export function checkKeys({ stamps, jobs }: Evidence, tell: Tell): void {
  const locks = new Map(jobs.map(({ id, asked }) => [id, asked.locks]))
  const lives = new Map<string, { job: number; attempt: number; from: number; to: number }>()
  for (const [index, { job, attempt }] of stamps.entries()) {
    const name = `${job}.${attempt}`
    const life = lives.get(name)
    if (life) life.to = index
    else lives.set(name, { job, attempt, from: index, to: index })
  }
  const held = Map.groupBy(
    [...lives.values()].flatMap((life) => (locks.get(life.job) ?? []).map((lock: Asked['locks'][number]) => ({ ...life, ...lock }))),
    ({ key }) => key,
  )
  for (const [key, holders] of held) checkKey(key, holders, tell)
}

function checkKey(key: string, holders: Held[], tell: Tell): void {
  const ordered = [...holders].sort((a, b) => a.from - b.from)
  let living: Held[] = []
  for (const next of ordered) {
    living = living.filter(({ to }) => to > next.from)
    for (const other of living)
      if (other.mode === 'exclusive' || next.mode === 'exclusive')
        tell(
          'I3',
          `jobs ${other.job}.${other.attempt} (${other.mode}) and ${next.job}.${next.attempt} (${next.mode}) lived with ${key} at once`,
        )
    living.push(next)
  }
}
