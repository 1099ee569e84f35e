// A kind in a few words: its condition, and when its last job was. Pure.
import type { KindActivity, KindCondition } from '../../client/index.ts'
import { duration, shortTime } from '../../views/format.ts'
import type { IconName } from '../../views/icon.tsx'
import { lookOf, tookMs } from '../../views/job-words.ts'

export interface ConditionLook {
  tone: string
  icon: IconName
  word: string
}

const looks: Record<Exclude<KindCondition, 'active'>, ConditionLook> = {
  stalled: { tone: 'stalled', icon: 'warn', word: 'Stalled' },
  required: { tone: 'required', icon: 'required', word: 'Required' },
  failed: { tone: 'failed', icon: 'cross', word: 'Failed' },
  succeeded: { tone: 'succeeded', icon: 'check', word: 'Up to date' },
  idle: { tone: 'queued', icon: 'queued', word: 'Never run' },
}

export function conditionLook({ condition, active, last }: KindActivity, busyLabel: string | null): ConditionLook {
  if (condition === 'failed' && last !== null) return lookOf(last)
  // Without an artifact there is nothing that could be out of date.
  if (condition !== 'active') return looks[condition]
  const look = active === null ? { tone: 'running', icon: 'running' as const, word: 'Running' } : lookOf(active)
  return look.tone === 'running' ? { ...look, word: busyLabel?.replace(/…$/, '') ?? look.word } : look
}

/** "since 14:02", "11:14, 58 s". */
export function lastWords({ active, last }: KindActivity, now: number): string {
  const by = active?.submittedBy == null ? '' : ` by ${active.submittedBy}`
  if (active?.startedAt != null) return `since ${shortTime(active.startedAt, now)}${by}`
  if (active !== null) return `asked for ${shortTime(active.submittedAt, now)}${by}`
  if (last?.finishedAt == null) return ''
  const took = tookMs(last, last.finishedAt)
  const at = shortTime(last.finishedAt, now)
  return last.state === 'succeeded' && took !== null ? `${at}, ${duration(took)}` : at
}

export function nextWords({ nextAt }: KindActivity, now: number): string {
  return nextAt === null ? '' : `next ${shortTime(nextAt, now)}`
}
