// Speaks to screen readers: states, phases and quarters, at most one sentence in ten seconds. The log itself stays silent.
import { useEffect, useRef, useState } from 'preact/hooks'

const quietMs = 10_000

export interface AnnouncerProps {
  sentence: string
  /** Said at once: an end that waits behind the last quarter would be news too late. */
  urgent: boolean
}

export function Announcer({ sentence, urgent }: AnnouncerProps) {
  const [spoken, setSpoken] = useState('')
  const first = useRef(sentence)
  const spokenAt = useRef(0)
  useEffect(() => {
    if (sentence === first.current) return
    first.current = ''
    const waitMs = urgent ? 0 : Math.max(0, spokenAt.current + quietMs - Date.now())
    const timer = setTimeout(() => {
      spokenAt.current = Date.now()
      setSpoken(sentence)
    }, waitMs)
    return () => clearTimeout(timer)
  }, [sentence, urgent])
  return (
    <p class="sr" role="status">
      {spoken}
    </p>
  )
}
