// Speaks to screen readers: states, phases and quarters, at most one sentence in ten seconds. The log itself stays silent.
import { useEffect, useRef, useState } from 'preact/hooks'

const quietMs = 10_000

export function Announcer({ sentence }: { sentence: string }) {
  const [spoken, setSpoken] = useState('')
  const first = useRef(sentence)
  const spokenAt = useRef(0)
  useEffect(() => {
    if (sentence === first.current) return
    first.current = ''
    const waitMs = Math.max(0, spokenAt.current + quietMs - Date.now())
    const timer = setTimeout(() => {
      spokenAt.current = Date.now()
      setSpoken(sentence)
    }, waitMs)
    return () => clearTimeout(timer)
  }, [sentence])
  return (
    <p class="sr" role="status">
      {spoken}
    </p>
  )
}
