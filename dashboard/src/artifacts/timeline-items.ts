// What happened to an artifact, newest first: snapshots, builds that came to nothing, roll backs, changes of what is wanted. Pure; draws nothing.
import type { ArtifactDetail, ArtifactEvent, Build } from 'holdfast/client'
import { endingOf } from './artifact-words.ts'

export type KeptSnapshot = ArtifactDetail['kept'][number]

export type TimelineItem =
  | { type: 'active'; at: number; build: Build }
  | { type: 'snapshot'; at: number; snapshot: KeptSnapshot }
  | { type: 'nothing'; at: number; build: Build }
  | { type: 'moved'; at: number; event: ArtifactEvent }
  /** `changes`: how often it changed in one go, with nothing in between; the event is the last of them, `before` what was wanted before the first. */
  | { type: 'wanted'; at: number; event: ArtifactEvent; changes: number; before: string | null }
  | { type: 'gone'; at: number; from: number; to: number }

export function timelineItems({ kept, builds, events }: ArtifactDetail): TimelineItem[] {
  const items: TimelineItem[] = [
    ...builds.flatMap((build): TimelineItem[] => {
      if (build.finishedAt === null) return [{ type: 'active', at: build.submittedAt, build }]
      return endingOf(build) === null ? [] : [{ type: 'nothing', at: build.finishedAt, build }]
    }),
    ...kept.map((snapshot): TimelineItem => ({ type: 'snapshot', at: snapshot.publishedAt, snapshot })),
    ...events.flatMap((event, place): TimelineItem[] => {
      if (event.name === 'rolled back' || event.name === 'rolled forward') return [{ type: 'moved', at: event.at, event }]
      return event.name === 'wanted' ? [{ type: 'wanted', at: event.at, event, changes: 1, before: wantedBefore(events, place) }] : []
    }),
    ...gaps(kept),
  ]
  const rank = ({ type }: TimelineItem) => (type === 'active' ? 0 : 1)
  return together(items.sort((a, b) => rank(a) - rank(b) || b.at - a.at))
}

function wantedBefore(newestFirst: readonly ArtifactEvent[], place: number): string | null {
  return newestFirst.slice(place + 1).find(({ name }) => name === 'wanted')?.text ?? null
}

/** Numbers that are kept no longer, each lot before the next older one that is. */
function gaps(kept: readonly KeptSnapshot[]): TimelineItem[] {
  return kept.flatMap(({ number }, place): TimelineItem[] => {
    const older = kept[place + 1]
    const [from, to] = [(older?.number ?? 0) + 1, number - 1]
    if (from > to) return []
    return [{ type: 'gone', at: older === undefined ? Number.NEGATIVE_INFINITY : older.publishedAt + 0.5, from, to }]
  })
}

/** Who tries out settings changes what is wanted ten times in a row: one entry says so. */
function together(newestFirst: readonly TimelineItem[]): TimelineItem[] {
  const told: TimelineItem[] = []
  for (const item of newestFirst) {
    const later = told.at(-1)
    if (item.type === 'wanted' && later?.type === 'wanted') {
      later.changes++
      later.before = item.before
    } else told.push(item)
  }
  return told
}
