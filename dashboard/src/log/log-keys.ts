// The keys of a log, as data: what each does, in words that the help shows.
import type { Shortcut } from '../shortcuts.ts'
import { findFieldId } from './find-field.tsx'
import { changeTimes, toggleWrap } from './log-preferences.ts'

export interface LogKeys {
  toggleFollow(): void
  toggleFull(): void
  toHit(by: 1 | -1): void
  toError(by: 1 | -1): void
}

export function logShortcuts({ toggleFollow, toggleFull, toHit, toError }: LogKeys, live: boolean): Shortcut[] {
  return [
    { keys: '/', words: 'Find in the log', press: focusField },
    { keys: 'n', words: 'Next or previous place', press: () => toHit(1) },
    { keys: 'N', words: 'Next or previous place', press: () => toHit(-1) },
    { keys: 'e', words: 'Next or previous error', press: () => toError(1) },
    { keys: 'E', words: 'Next or previous error', press: () => toError(-1) },
    ...(live ? [{ keys: 'f', words: 'Follow its end, or stop', press: toggleFollow }] : []),
    { keys: 'w', words: 'Wrap long lines, or not', press: toggleWrap },
    { keys: 't', words: 'Show the time of day, elapsed, or none', press: changeTimes },
    { keys: 'z', words: 'Fill the screen, or not', press: toggleFull },
  ]
}

function focusField(): void {
  const field = document.getElementById(findFieldId)
  field?.focus()
  if (field instanceof HTMLInputElement) field.select()
}
