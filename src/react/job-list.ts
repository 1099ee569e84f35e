// A list of jobs, page by page, read again when something has changed. Knows no framework.
import type { Activity, HoldfastClient, HoldfastClientError, Job, ListFilter } from '../client/index.ts'
import { asClientError } from './asking.ts'

export interface JobListView {
  /** Newest first. */
  jobs: readonly Job[]
  /** There are older ones. */
  hasMore: boolean
  isLoading: boolean
  error: HoldfastClientError | null
}

export const noJobs: JobListView = { jobs: [], hasMore: false, isLoading: true, error: null }

/** Least time between two readings of the whole. */
const everyMs = 1_000
/** Pages that are held; beyond them there is the dashboard. */
const mostPages = 20

export class JobList {
  readonly #client: HoldfastClient
  readonly #filter: Omit<ListFilter, 'before'>
  readonly #listeners = new Set<() => void>()
  #view: JobListView = noJobs
  #pages = 1
  #before: number | null = null
  #told: string | null = null
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null
  #mustReadAgain = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #leaving = new AbortController()

  constructor(client: HoldfastClient, filter: Omit<ListFilter, 'before'>) {
    this.#client = client
    this.#filter = filter
  }

  view = (): JobListView => this.#view

  subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange)
    if (this.#listeners.size === 1) {
      this.#leaving = new AbortController()
      void this.refresh()
    }
    return () => {
      this.#listeners.delete(onChange)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#timer)
      this.#leaving.abort()
    }
  }

  /** What is going on now: jobs that are held are shown as they are there, and all is read again where others came, began or ended. */
  hear(activity: Activity): void {
    const newest = new Map([...activity.settled, ...activity.active].map((job) => [job.id, job]))
    this.#replace((job) => {
      const now = newest.get(job.id)
      return now && now.version > job.version ? now : job
    })
    const told = signatureOf(activity)
    const isNews = this.#told !== null && told !== this.#told
    this.#told = told
    if (!isNews || this.#listeners.size === 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.refresh(), Math.max(0, this.#readAt + everyMs - Date.now()))
  }

  /** Never rejects: see `error`. */
  refresh = (): Promise<void> => {
    this.#mustReadAgain = this.#reading !== null
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  loadMore = async (): Promise<void> => {
    if (this.#before === null || this.#pages >= mostPages) return
    this.#pages++
    await this.refresh()
  }

  // Whoever leaves and comes back while it is read has it read anew.
  async #readUntilDone(): Promise<void> {
    do {
      const { signal } = this.#leaving
      this.#mustReadAgain = false
      this.#readAt = Date.now()
      try {
        await this.#readAll(signal)
      } catch (error) {
        if (!signal.aborted) this.#show({ isLoading: false, error: asClientError(error) })
      }
    } while (this.#mustReadAgain && this.#listeners.size > 0)
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    const jobs: Job[] = []
    let before: number | null = null
    for (let page = 0; page < this.#pages; page++) {
      const read: Awaited<ReturnType<HoldfastClient['list']>> = await this.#client.list(
        { ...this.#filter, ...(before !== null && { before }) },
        { signal },
      )
      jobs.push(...read.jobs)
      before = read.before
      if (before === null) break
    }
    this.#before = before
    // A job that is as it was stays the object that it was.
    const known = new Map(this.#view.jobs.map((job) => [job.id, job]))
    const now = jobs.map((job) => (known.get(job.id)?.version === job.version ? (known.get(job.id) ?? job) : job))
    this.#show({ jobs: now, hasMore: before !== null && this.#pages < mostPages, isLoading: false, error: null })
  }

  #replace(by: (job: Job) => Job): void {
    const jobs = this.#view.jobs.map(by)
    if (jobs.some((job, place) => job !== this.#view.jobs[place])) this.#show({ jobs })
  }

  #show(news: Partial<JobListView>): void {
    const now = { ...this.#view, ...news }
    if (isSame(now, this.#view)) return
    this.#view = now
    for (const listener of [...this.#listeners]) listener()
  }
}

function isSame(now: JobListView, before: JobListView): boolean {
  const areJobs = now.jobs.length === before.jobs.length && now.jobs.every((job, place) => job === before.jobs[place])
  return areJobs && now.hasMore === before.hasMore && now.isLoading === before.isLoading && now.error === before.error
}

/** Another one whenever a job came, began, ended or went. */
function signatureOf({ summary, active }: Activity): string {
  const { queued, running, stopping, succeeded, failed, cancelled, interrupted, expired, lastJobId, lastFinishedAt } = summary
  const counts = [queued, running, stopping, succeeded, failed, cancelled, interrupted, expired, lastJobId, lastFinishedAt]
  return [...counts, ...active.map(({ id, state }) => `${id}${state}`)].join()
}
