// Batches about notifications: targets as people set them, and who sends what is to be told. What is to be told is written elsewhere, in telling.ts.

import { limits } from '../../core/limits.ts'
import type { Message, NotifyEvent, TargetType, ToldJob } from '../../core/notification.ts'
import type { ClaimedNotification, NewTarget, NotificationOutcome, NotificationStore, TargetRecord } from '../notification-store.ts'
import { number, numberOrNull, parse, string, stringOrNull } from '../rows.ts'
import { type Batch, noWrites, type Row, type SqlDatabase, type Step } from '../sql-database.ts'
import * as statements from '../statements/notifications.ts'
import { wishOf } from './telling.ts'

export function notificationStore(database: SqlDatabase): NotificationStore {
  const get = async (name: string) => {
    const [row] = await database.query(statements.targetByName(name))
    return row ? toTarget(row) : null
  }
  return {
    list: async () => (await database.query(statements.listTargets())).map(toTarget),
    get: ({ name }) => get(name),
    put: (options) => database.batch(putBatch(options), 'caller'),
    remove: ({ name }) =>
      database.batch<boolean>(
        {
          reads: [],
          decide: () => ({
            writes: [statements.removeTarget(name), statements.forgetAll(name)],
            answer: ([rows = []]) => rows.length > 0,
            changes: silently,
          }),
        },
        'caller',
      ),
    async due() {
      const rows = await database.query(statements.dueTargets())
      return rows
        .filter((row) => row.next_at !== null)
        .map((row) => ({ target: string(row.name), nextAt: Math.max(number(row.next_at), number(row.held_until)) }))
    },
    claim: (options) => database.batch(claimBatch(options), 'supervisor'),
    conclude: (options) => database.batch(concludeBatch(options), 'supervisor'),
    noteTest: ({ name, error, now }) =>
      database.batch<void>(
        {
          reads: [],
          decide: () => ({
            writes: [error === null ? statements.noteSent(name, now) : statements.noteTrouble({ name, why: error, now })],
            answer: () => undefined,
            changes: silently,
          }),
        },
        'caller',
      ),
  }
}

// No job has changed: nobody has to be woken.
const silently = () => false

function putBatch({ target, revives, now }: Parameters<NotificationStore['put']>[0]): Batch<TargetRecord | 'too many'> {
  return {
    reads: [statements.targetByName(target.name), statements.countOthers(target.name)],
    decide([own = [], counted = []]) {
      if (number(counted[0]?.others) >= limits.notificationTargets) return noWrites('too many')
      const writes: Step[] = [
        // What slipped in while an earlier one of this name was removed is not this one's.
        ...(own.length === 0 ? [statements.forgetAll(target.name)] : []),
        statements.putTarget({ ...target, secret: secretOf(target, own[0]) }, { revives, now }),
        statements.targetByName(target.name),
      ]
      return { writes, answer: (written) => toTarget(written.at(-1)?.[0] ?? {}), changes: silently }
    },
  }
}

/** Undefined: the one it has stays. None is shown to another server than the one it was given for, nor used as what it is not. */
function secretOf({ type, url, secret }: NewTarget, own: Row | undefined): string | null | undefined {
  if (own === undefined || secret !== undefined) return secret
  const isForOther = string(own.type) !== type || (type === 'ntfy' && new URL(string(own.url)).origin !== new URL(url).origin)
  return isForOther ? null : undefined
}

function claimBatch({ target, leaseUntil, now }: Parameters<NotificationStore['claim']>[0]): Batch<ClaimedNotification | null> {
  return {
    reads: [statements.targetByName(target), statements.nextDue(target, now)],
    decide([targets = [], rows = []]) {
      const [[own], [row]] = [targets, rows]
      const record = own && toTarget(own)
      if (!row || !record || record.disabledAt !== null || record.heldUntil > now) return noWrites(null)
      const claim = { id: number(row.id), claim: number(row.claim) }
      const claimed = { ...claim, claim: claim.claim + 1, tries: number(row.tries), target: record, message: toMessage(row) }
      return {
        writes: [statements.claimNotification(claim, leaseUntil)],
        answer: ([rows = []]) => (rows.length > 0 ? claimed : null),
        changes: silently,
      }
    },
  }
}

function concludeBatch({ claimed, outcome, now }: Parameters<NotificationStore['conclude']>[0]): Batch<boolean> {
  return {
    reads: [],
    decide: () => ({ writes: concludeWrites(claimed, outcome, now), answer: ([rows = []]) => rows.length > 0, changes: silently }),
  }
}

// The first one changes nothing where another has claimed it since; then nothing else is changed either.
function concludeWrites(claimed: ClaimedNotification, outcome: NotificationOutcome, now: number): Step[] {
  const { name } = claimed.target
  const ifOurs =
    (then: Step): Step =>
    (before) => {
      if ((before[0]?.length ?? 0) === 0) return null
      return typeof then === 'function' ? then(before) : then
    }
  switch (outcome.became) {
    case 'sent':
      return [statements.removeNotification(claimed), ifOurs(statements.noteSent(name, now))]
    case 'again': {
      const { nextAt, heldUntil, why } = outcome
      return [statements.tryAgain(claimed, { nextAt, failed: true }), ifOurs(statements.noteTrouble({ name, why, heldUntil, now }))]
    }
    case 'given up':
      return [statements.removeNotification(claimed), ifOurs(statements.noteTrouble({ name, why: outcome.why, givenUp: 1, now }))]
    case 'gone': {
      const noted: Step = (before) => {
        const givenUp = 1 + (before.at(-1)?.length ?? 0)
        return statements.noteTrouble({ name, why: outcome.why, givenUp, isGone: true, now })
      }
      return [statements.removeNotification(claimed), ifOurs(statements.forgetAll(name)), ifOurs(noted)]
    }
    case 'let go':
      return [statements.tryAgain(claimed, { nextAt: now, failed: false })]
  }
}

function toTarget(row: Row): TargetRecord {
  const error = stringOrNull(row.last_error)
  return {
    name: string(row.name),
    type: string(row.type) as TargetType,
    url: string(row.url),
    secret: stringOrNull(row.secret),
    ...wishOf(row),
    createdAt: number(row.created_at),
    heldUntil: number(row.held_until),
    disabledAt: numberOrNull(row.disabled_at),
    disabledWhy: stringOrNull(row.disabled_why),
    lastSentAt: numberOrNull(row.last_sent_at),
    lastError: error === null ? null : { at: number(row.last_error_at), message: error },
    givenUp: number(row.given_up),
    dropped: number(row.dropped),
    waiting: number(row.waiting),
  }
}

function toMessage(row: Row): Omit<Message, 'id'> {
  return { event: string(row.event) as NotifyEvent, at: number(row.at), job: parse(row.job) as unknown as ToldJob }
}
