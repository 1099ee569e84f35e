// Sends what is to be told: looks at what is due, one message of a target at a time, and writes down what came of each. Level-triggered: whoever is killed
// in between has claimed what he was sending for a minute, and then anybody sends it.
import { limits } from '../core/limits.ts'
import { maskTold } from '../core/mask-said.ts'
import { holdMs, messageId, nextTryMs } from '../core/notification.ts'
import type { ClaimedNotification, NotificationOutcome } from '../store/store.ts'
import { alarm } from './alarm.ts'
import type { House } from './house.ts'
import { type Sent, send } from './send-notification.ts'
import { tell } from './tell.ts'
import { wakeful } from './wakeful.ts'

export interface Notifier {
  /** Something may be due. */
  look(): void
  /** Resolves when nothing is due any more. */
  sendAll(): Promise<void>
  /** Lets go of what is being sent. */
  close(): Promise<void>
}

export function openNotifier(house: House): Notifier {
  const { store, clock } = house
  /** By target: one message at a time. */
  const sending = new Map<string, Promise<void>>()
  const looks = wakeful(() => look().catch((error) => tell(house, 'the runner could not look for notifications', error)), house.closing)
  const bell = alarm(house, looks.wake)
  const leaving = new AbortController()
  let lookedAt = Number.NEGATIVE_INFINITY
  let comingAt = Number.POSITIVE_INFINITY

  async function look(): Promise<void> {
    lookedAt = clock.now()
    const due = await store.notifications.due()
    const now = clock.now()
    for (const { target, nextAt } of due) if (nextAt <= now && !sending.has(target)) start(target)
    const later = due.map(({ nextAt }) => nextAt).filter((at) => at > now)
    comingAt = Math.min(...later)
    bell.set(later.length > 0 ? comingAt : null)
  }

  function start(target: string): void {
    const work = sendDue(target)
      .catch((error) => tell(house, `notifications for ${target} could not be sent`, error))
      .finally(() => sending.delete(target))
    sending.set(target, work)
  }

  async function sendDue(target: string): Promise<void> {
    while (!house.closing.aborted) {
      const now = clock.now()
      const claimed = await store.notifications.claim({ target, leaseUntil: now + limits.notifyLeaseMs, now })
      if (!claimed) return
      await sendOne(claimed)
    }
  }

  async function sendOne(claimed: ClaimedNotification): Promise<void> {
    const { target, message } = claimed
    const id = messageId(store.installationId, { id: claimed.id, at: message.at })
    const mask = house.masks?.now()
    const job = mask && message.job ? maskTold(mask, message.job) : message.job
    const sent = await send({
      target,
      message: { ...message, id, job },
      publicUrl: house.publicUrl?.() ?? null,
      now: clock.now(),
      signal: leaving.signal,
    })
    const outcome = leaving.signal.aborted && !sent.delivered ? ({ became: 'let go' } as const) : outcomeOf(house, claimed, sent)
    await store.notifications.conclude({ claimed, outcome, now: clock.now() })
    report(house, claimed, outcome)
  }

  return {
    look() {
      const at = lookedAt + limits.notifyLookMs
      const now = clock.now()
      // A look in the future was before the clock was set back.
      if (at <= now || lookedAt > now) return looks.wake()
      // Asked for at every change: one look comes for all of them.
      if (comingAt <= at) return
      comingAt = at
      bell.set(at)
    },
    async sendAll() {
      looks.wake()
      await looks.idle()
      await Promise.all(sending.values())
    },
    async close() {
      leaving.abort()
      await Promise.all([looks.idle(), ...sending.values()])
    },
  }
}

function outcomeOf({ clock, random }: House, { tries }: ClaimedNotification, sent: Sent): NotificationOutcome {
  const { delivered, isGone, retryAfterMs } = sent
  if (delivered) return { became: 'sent' }
  const why = sent.why ?? 'not delivered'
  if (isGone) return { became: 'gone', why }
  const waitMs = nextTryMs({ tries: tries + 1, retryAfterMs, random: random() })
  if (waitMs === null) return { became: 'given up', why: `given up after ${tries + 1} tries; the last one: ${why}` }
  const now = clock.now()
  return { became: 'again', nextAt: now + waitMs, heldUntil: now + holdMs(retryAfterMs), why }
}

function report({ logger }: House, { target, message }: ClaimedNotification, outcome: NotificationOutcome): void {
  const what = `notification of job ${message.job?.id} to ${target.name}`
  if (outcome.became === 'again') logger.warn(`${what}: ${outcome.why}; it is tried again`)
  if (outcome.became === 'given up') logger.error(`${what}: ${outcome.why}`)
  if (outcome.became === 'gone') logger.error(`${what}: ${outcome.why}; nothing more is sent there until it is put right`)
}
