// What is to be told of a job: a part of the batch that settles it, or calls it stalled, so that neither is ever there without the other.

import type { Ending } from '../../core/ending.ts'
import {
  eventOfEnd,
  isNewsOfSilence,
  isWanted,
  type NotifyEvent,
  type ToldJob,
  toldEnd,
  toldSilence,
  type Wish,
} from '../../core/notification.ts'
import type { Stalled } from '../../core/stall-words.ts'
import { numberOrNull, parse, string } from '../rows.ts'
import type { Row, Step } from '../sql-database.ts'
import * as statements from '../statements/notifications.ts'
import type { JobRecord } from '../store.ts'

/** Nothing where the job is not settled by this, or nobody wants to hear of it. */
export function tellEnd(job: JobRecord, { ending, now }: { ending: Ending; now: number }, wishes: readonly Row[]): Step[] {
  const event = ending.availableAt === null ? eventOfEnd(ending.state) : null
  if (event === null) return []
  return tell({ event, now, job: toldEnd(job, { ...ending, finishedAt: now }) }, wishes)
}

/** `row`: the job's. Each silence is told once. */
export function tellSilence(
  job: JobRecord,
  { row, stalled, now }: { row: Row; stalled: Stalled; now: number },
  wishes: readonly Row[],
): Step[] {
  if (!isNewsOfSilence(stalled, numberOrNull(row.stall_told_at), now)) return []
  const told = tell({ event: 'stalled', now, job: toldSilence(job, stalled) }, wishes)
  return told.length === 0 ? [] : [...told, statements.markSilenceTold(job.id, now)]
}

interface ToTell {
  event: NotifyEvent
  job: ToldJob
  now: number
}

function tell({ event, job, now }: ToTell, wishes: readonly Row[]): Step[] {
  const targets = wishes.filter((row) => isWanted(wishOf(row), { event, kind: job.kind })).map((row) => string(row.name))
  if (targets.length === 0) return []
  const text = JSON.stringify(job)
  return [
    statements.insertNotifications(targets.map((target) => ({ target, event, at: now, job: text, now }))),
    ...targets.flatMap((target): Step[] => [
      statements.dropOldest(target),
      (before) => {
        const dropped = before.at(-1)?.length ?? 0
        return dropped === 0 ? null : statements.countDropped(target, dropped)
      },
    ]),
  ]
}

export function wishOf({ events, kinds }: Row): Wish {
  return { events: parse(events) as NotifyEvent[], kinds: parse(kinds) as string[] | null }
}
