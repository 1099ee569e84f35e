// The ways from where the reader stands to something in the log: a place that was looked for, an error, the beginning of a phase.
import { type Signal, useSignal } from '@preact/signals'
import type { JobDetail, LogRange, PhaseSpan } from 'holdfast/client'
import { useRef } from 'preact/hooks'
import { reasonLine } from '../../../src/views/job-words.ts'
import { nextError, previousError } from '../../../src/views/log/log-errors.ts'
import { lineAt } from '../../../src/views/log/log-phases.ts'
import type { LogSearch } from '../../../src/views/log/log-search.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import type { Reader } from '../../../src/views/log/use-reader.ts'
import { client } from '../client.ts'

export interface Seeking {
  /** The line that was gone to. */
  spot: Signal<number | null>
  /** Why nothing was gone to; empty: it was. */
  said: Signal<string>
  find(text: string): void
  toHit(by: 1 | -1): void
  toError(by: 1 | -1): void
  toPhase(phase: PhaseSpan): void
  /** The reader went his own way. */
  forget(): void
}

interface Around {
  job: JobDetail
  log: LogWindow
  reader: Reader
  search: LogSearch
}

export function useSeeking({ job, log, reader, search }: Around): Seeking {
  const spot = useSignal<number | null>(null)
  const said = useSignal('')
  /** How far the log was scrolled when the spot was shown: whoever has scrolled since stands elsewhere. */
  const shownAt = useRef<number | null>(null)
  const load = (range: LogRange) => client.log(job.id, range)

  const go = async (seq: number, keepStream = false) => {
    said.value = ''
    spot.value = seq
    await reader.reveal(seq, keepStream)
    shownAt.current = reader.scroller.current?.scrollTop ?? null
  }
  const standsAt = () => {
    const moved = Math.abs((reader.scroller.current?.scrollTop ?? 0) - (shownAt.current ?? Number.NEGATIVE_INFINITY))
    return moved < 2 ? spot.value : null
  }
  const seek = async (words: string, look: () => Promise<number | null>) => {
    const seq = await look().catch(() => null)
    if (seq === null) said.value = words
    else await go(seq)
  }
  return {
    spot,
    said,
    forget: () => {
      said.value = ''
      spot.value = null
    },
    find: (text) => {
      spot.value = null
      void search.start(text, standsAt() ?? reader.whereabouts(), (seq) => void go(seq, true))
    },
    toHit: (by) => {
      const seq = search.step(by)
      if (seq !== null) void go(seq, true)
    },
    toError: (by) => {
      const at = standsAt()
      const reason = reasonLine(job)
      if (by === 1) void seek('No further error.', () => nextError(load, at ?? reader.whereabouts() - 1, reason))
      else void seek('No earlier error.', () => previousError(load, at ?? reader.whereabouts(), reason))
    },
    toPhase: ({ startedAt }) =>
      void seek('Nothing was written in that phase.', () => lineAt(load, { attempt: job.attempts, at: startedAt, last: log.newest.value })),
  }
}
