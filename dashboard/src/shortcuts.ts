// Single keys for what the page's buttons do, as data with words, so that the help can list what the page has now. Never inside a field, never
// with a modifier, never over a dialog, and not at all where they are switched off.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { preference } from './preference.ts'

export interface Shortcut {
  /** As `KeyboardEvent.key` has it, or two of them one after the other: `g j`. */
  keys: string
  /** What it does, for the help: "Cancel the job". Keys of one deed are listed together when they are neighbours with the same words. */
  words: string
  press(): unknown
}

export interface ShortcutSet {
  /** What they are about: "This job". */
  title: string
  shortcuts: readonly Shortcut[]
}

export const areShortcutsOn = preference('shortcuts', ['on', 'off'], 'on')

/** Those that work now, in the order they came: the page's own after those of every page. */
export const shortcutSets = signal<readonly { readonly current: ShortcutSet }[]>([])

export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const set = useRef<ShortcutSet>({ title, shortcuts })
  set.current = { title, shortcuts }
  useEffect(() => {
    shortcutSets.value = [...shortcutSets.peek(), set]
    return () => {
      shortcutSets.value = shortcutSets.peek().filter((other) => other !== set)
    }
  }, [])
}

/** Within this the second of two keys has to come. */
const pairMs = 1_500
let first: { key: string; at: number } | null = null

addEventListener('keydown', (event) => {
  if (areShortcutsOn.value === 'off' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
    return
  if (document.querySelector('dialog[open]') !== null) return
  if (event.target instanceof Element && event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null)
    return
  const all = shortcutSets.peek().flatMap(({ current }) => current.shortcuts)
  const pair = first !== null && event.timeStamp - first.at < pairMs ? `${first.key} ${event.key}` : null
  const pressed = all.findLast(({ keys }) => keys === pair) ?? all.findLast(({ keys }) => keys === event.key)
  first = pressed === undefined && all.some(({ keys }) => keys.startsWith(`${event.key} `)) ? { key: event.key, at: event.timeStamp } : null
  if (pressed === undefined) return
  // What is pressed here is not typed into the field that it opens.
  event.preventDefault()
  pressed.press()
})
