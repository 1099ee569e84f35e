// An id that nothing else on the page has. Preact's own `useId` gave two parts of one shadow root the same, so that a dialog was called what its card is.
import { useState } from 'preact/hooks'

let made = 0

export function useOwnId(): string {
  const [id] = useState(() => {
    made += 1
    return `part-${made}`
  })
  return id
}
