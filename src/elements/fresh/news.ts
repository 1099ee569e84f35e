// Whether what is told of the jobs is another thing than what the page was drawn from. Pure but for what it remembers.
import type { Activity, Job } from '../../client/index.ts'

/** A clock that is asked over a network is no better than this. */
const unsureMs = 1_000

export class News {
  #seen: string | null = null

  /** `drawnAt`: when the page was asked for, by the server's clock; what happened since then is news of the first time too. */
  take({ summary, active, settled }: Activity, kinds: ReadonlySet<string>, drawnAt: number): boolean {
    const isOurs = ({ kind }: Job) => kinds.size === 0 || kinds.has(kind)
    const [begun, ended] = [active.filter(isOurs), settled.filter(isOurs)]
    const seen = [
      ...begun.map(({ id, state, hold, flags }) => `${id} ${state} ${hold} ${flags.join()}`),
      // Beyond the first fifty of them.
      kinds.size === 0 ? `${summary.active} ${summary.lastJobId} ${summary.lastFinishedAt}` : '',
      ...ended.map(({ id, finishedAt }) => `${id} ${finishedAt}`),
    ].join('\n')
    if (seen === this.#seen) return false
    const isFirst = this.#seen === null
    this.#seen = seen
    return !isFirst || [...begun, ...ended].some((job) => changedAt(job) > drawnAt - unsureMs)
  }
}

function changedAt({ submittedAt, startedAt, finishedAt }: Job): number {
  return finishedAt ?? startedAt ?? submittedAt
}
