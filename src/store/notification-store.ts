// The part of the port that is about notifications: who is told, and what is still to be told. What is to be told is written by the batches that
// settle jobs, or call them stalled, and is therefore no verb of this.
import type { Message, TargetType, Wish } from '../core/notification.ts'

export interface NewTarget extends Wish {
  name: string
  type: TargetType
  url: string
  /** Undefined: the one it has stays. */
  secret: string | null | undefined
}

export interface TargetRecord extends Omit<NewTarget, 'secret'> {
  secret: string | null
  createdAt: number
  /** The other side asked to be left alone until then; nought: it did not. */
  heldUntil: number
  disabledAt: number | null
  disabledWhy: string | null
  lastSentAt: number | null
  lastError: { at: number; message: string } | null
  /** How many were never told: their time was over. */
  givenUp: number
  /** How many were never told: too many waited. */
  dropped: number
  /** How many are still to be told. */
  waiting: number
}

/** The right to send one notification until the lease is over. */
export interface ClaimedNotification {
  id: number
  target: TargetRecord
  /** Tries that failed before. */
  tries: number
  /** Grows with every claim: whoever comes too late changes nothing. */
  claim: number
  message: Omit<Message, 'id'>
}

/** What became of one that was sent, or was not. */
export type NotificationOutcome =
  | { became: 'sent' }
  | { became: 'again'; nextAt: number; heldUntil: number; why: string }
  | { became: 'given up'; why: string }
  /** The target is no more: nothing else is told it either. */
  | { became: 'gone'; why: string }
  /** Not known, because whoever sent it had to end: somebody else tries. */
  | { became: 'let go' }

export interface NotificationStore {
  /** By name. */
  list(): Promise<TargetRecord[]>
  get(options: { name: string }): Promise<TargetRecord | null>
  /** Stores it, or changes what is stored under its name. `revives`: one that was switched off because it was gone is told again, also when it is still the same place. */
  put(options: { target: NewTarget; revives: boolean; now: number }): Promise<TargetRecord | 'too many'>
  /** With what is still to be told it. */
  remove(options: { name: string }): Promise<boolean>
  /** Targets for which something waits, with when it may be sent. */
  due(): Promise<{ target: string; nextAt: number }[]>
  /** The right to send the next one, nobody else has it until the lease is over; null: there is none now. */
  claim(options: { target: string; leaseUntil: number; now: number }): Promise<ClaimedNotification | null>
  /** False: somebody else has claimed it meanwhile, and nothing was changed. */
  conclude(options: { claimed: ClaimedNotification; outcome: NotificationOutcome; now: number }): Promise<boolean>
  /** What a test came to. */
  noteTest(options: { name: string; error: string | null; now: number }): Promise<void>
}
