// Which jobs of the list are chosen: some of them, over several pages, or all that match.
import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { Job } from 'holdfast/client'

/** More are chosen by a filter. */
const mostChosen = 1_000

export interface Selection {
  jobs: ReadonlySignal<ReadonlyMap<number, Job>>
  /** All that match are meant, on whatever page. */
  isMatching: ReadonlySignal<boolean>
  has(id: number): boolean
  /** `upTo`: the jobs of the page, when all between the last one and this are meant. */
  toggle(job: Job, upTo?: readonly Job[]): void
  /** All of the page, or none of it. */
  setPage(page: readonly Job[], chosen: boolean): void
  chooseMatching(): void
  clear(): void
  /** What is chosen changes while it is chosen. */
  refresh(page: readonly Job[]): void
}

export function createSelection(): Selection {
  const jobs = signal<ReadonlyMap<number, Job>>(new Map())
  const isMatching = signal(false)
  let last: number | null = null
  const change = (some: readonly Job[], chosen: boolean) => {
    const next = new Map(jobs.value)
    for (const job of some) {
      if (!chosen) next.delete(job.id)
      else if (next.size < mostChosen) next.set(job.id, job)
    }
    batch(() => {
      jobs.value = next
      isMatching.value = false
    })
  }
  return {
    jobs,
    isMatching,
    has: (id) => jobs.value.has(id),
    toggle: (job, upTo = []) => {
      const chosen = !jobs.value.has(job.id)
      const [one, other] = [upTo.findIndex(({ id }) => id === last), upTo.findIndex(({ id }) => id === job.id)]
      const isRange = one !== -1 && other !== -1
      change(isRange ? upTo.slice(Math.min(one, other), Math.max(one, other) + 1) : [job], chosen)
      last = job.id
    },
    setPage: change,
    chooseMatching: () => {
      isMatching.value = true
    },
    clear: () => {
      last = null
      batch(() => {
        jobs.value = new Map()
        isMatching.value = false
      })
    },
    refresh: (page) => {
      const changed = page.filter((job) => jobs.value.has(job.id) && jobs.value.get(job.id)?.version !== job.version)
      if (changed.length === 0) return
      jobs.value = new Map([...jobs.value, ...changed.map((job) => [job.id, job] as const)])
    },
  }
}
