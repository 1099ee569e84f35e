// New lines for who listens, when he asked for them: not all of a hundred a second.
import { useSignal } from '@preact/signals'
import type { LogLine } from 'holdfast/client'
import { useEffect, useRef } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { plain } from '../../../src/views/log/ansi-pieces.ts'

const everyMs = 2_000
const mostRead = 3
const mostCharacters = 300

export interface Ears {
  hear(lines: readonly LogLine[]): void
}

export function AnnounceLines({ ears }: { ears: Ears }) {
  const said = useSignal('')
  const waiting = useRef<{ last: LogLine[]; total: number }>({ last: [], total: 0 })
  ears.hear = (lines) => {
    const { last, total } = waiting.current
    waiting.current = { last: [...last, ...lines.slice(-mostRead)].slice(-mostRead), total: total + lines.length }
  }
  useEffect(() => {
    const timer = setInterval(() => {
      const { last, total } = waiting.current
      if (total === 0) return
      waiting.current = { last: [], total: 0 }
      const more = total > last.length ? `${count(total - last.length)} more lines, then: ` : ''
      said.value = more + last.map(({ text }) => plain(text).slice(0, mostCharacters)).join('. ')
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <p class="sr" role="log" aria-live="polite" aria-label="New lines">
      {said.value}
    </p>
  )
}
