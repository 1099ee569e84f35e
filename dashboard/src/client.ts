// The one client of this page, and what it tells everybody: job types by name, counts for the rail.
import { signal } from '@preact/signals'
import type { ArtifactView, JobCounts, KindView, Summary } from 'holdfast/client'
import { createClient, HoldfastClientError } from 'holdfast/client'
import { followAcrossTabs } from '../../src/live/follow-across-tabs.ts'
import { openLive } from '../../src/live/open-live.ts'

/** The server has said that nobody is signed in: what is shown is the last that was known. */
export const isSignedOut = signal(false)

/** All tabs that show the same job or list share a connection: a browser has six of them for a server, and each open page would keep one. */
export const client = createClient({ fetch: seen, follow: followAcrossTabs })

export const live = openLive({ client })

export const kinds = signal<KindView[]>([])
export const kindTitles = signal<ReadonlyMap<string, string>>(new Map())
/** Null until the server has said. */
export const counts = signal<JobCounts | null>(null)
/** Artifacts that are not what is wanted and that nobody builds. */
export const required = signal(0)
/** Running jobs that have gone silent. */
export const stalled = signal(0)
export const version = signal<string | null>(null)
/** What keeps the server from writing down what happens. */
export const degraded = signal<string | null>(null)

const lookMs = 5_000
const troubledMs = 2_000

async function seen(request: Request): Promise<Response> {
  const response = await fetch(request)
  // A wrong password is no news about who is signed in.
  if (response.status === 401 && request.method === 'GET') isSignedOut.value = true
  // Something was asked for, and may be under way from now on: all tabs are told.
  if (response.ok && request.method !== 'GET' && !request.url.endsWith('/session')) void live.refresh()
  return response
}

/** Names are a comfort: without an answer the kinds' own names are shown. */
export async function loadKinds(): Promise<void> {
  kinds.value = await client.kinds().catch(() => [])
  kindTitles.value = new Map(kinds.value.map(({ kind, title }) => [kind, title]))
}

type Summarised = Omit<Summary, 'version' | 'serverTime' | 'pollAfterMs'>

export async function loadSummary(): Promise<void> {
  const summary = await client.summary().catch(noSummary)
  if (summary === null) return
  version.value = summary.version
  showSummary(summary)
}

export function showSummary(summary: Summarised): void {
  counts.value = summary
  required.value = summary.required
  stalled.value = summary.stalled
  degraded.value = summary.degraded
}

/** The same from the artifacts themselves, where they are at hand. */
export function countRequired(artifacts: readonly ArtifactView[]): void {
  required.value = artifacts.filter((artifact) => artifact.required && artifact.building === null).length
}

// Not even to be read: that is said in the same place.
function noSummary(error: unknown): null {
  if (error instanceof HoldfastClientError && error.code === 'database_unavailable') degraded.value = error.message.replace(/\.$/, '')
  return null
}

/** What all pages show: told while anything is active, and asked again when somebody looks at the page. */
export function watchCounts(): void {
  let shown: Summarised | undefined
  live.subscribe(() => {
    const summary = live.activity()?.summary
    // What was told before must not stand for what a page has learnt since.
    if (summary === undefined || summary === shown) return
    shown = summary
    counts.value = summary
    required.value = summary.required
    stalled.value = summary.stalled
    if (summary.degraded !== null) degraded.value = summary.degraded
  })
}

/** While the database is in trouble nothing changes that a stream could tell of. Where nothing is active, nothing is asked. */
export function watchTrouble(): void {
  const again = async () => {
    const isActive = live.standing().state !== 'quiet'
    if (!document.hidden && (isActive || degraded.value !== null)) await loadSummary()
    setTimeout(again, degraded.value === null ? lookMs : troubledMs)
  }
  setTimeout(again, lookMs)
}
