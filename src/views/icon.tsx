// The icons: 16 px, drawn with a line of 1.5. A word always stands beside one.
import type { more } from './more-icons.ts'

const stateIcons = {
  required: 'M13.5 6.5A5.8 5.8 0 0 0 3 5M2.5 2.5v3h3M2.5 9.5A5.8 5.8 0 0 0 13 11M13.5 13.5v-3h-3',
  warn: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  running: 'M8 2a6 6 0 1 1-5.7 4.1',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM6 6l4 4M10 6l-4 4',
  slash: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM4 12l8-8',
  stop: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM6.25 6.25h3.5v3.5h-3.5z',
  pause: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM6.5 6v4M9.5 6v4',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 4.5V8l2.5 1.5',
  info: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 7.5v3.25M8 5.25h.01',
  broken:
    'M6.5 9.5 4.8 11.2a2.3 2.3 0 0 1-3.2-3.2l2-2M9.5 6.5l1.7-1.7M12.4 10l2-2a2.3 2.3 0 0 0-3.2-3.2M6 2.5v2M2.5 3 4 4.5M10 13.5v-2M13.5 13 12 11.5',
  user: 'M8 2.75a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 1 0 0-5.5zM2.5 14c.6-3 2.7-4.25 5.5-4.25S12.9 11 13.5 14',
  lock: 'M4.5 7h7A1.5 1.5 0 0 1 13 8.5v4a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7zM5 7V5a3 3 0 0 1 6 0v2',
  queued: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z',
} as const

/** Those that only a page of its own needs are added by it. */
export type IconName = keyof typeof stateIcons | keyof typeof more

const known: Partial<Record<IconName, string>> = { ...stateIcons }

export function addIcons(icons: Partial<Record<IconName, string>>): void {
  Object.assign(known, icons)
}

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={name === 'running' ? 'i spin' : 'i'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={known[name]} stroke-dasharray={name === 'queued' ? '2.2 2.5' : undefined} />
      {name === 'half' && <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none" />}
    </svg>
  )
}

/** Kelp on a stone: roots over a pebble. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 12.5c-.8-3.2.8-6 0-9.5" />
      <path class="solid" d="M16.2 9c.7-4.3 3.8-6.5 8.8-6.2C24.6 7.3 21.5 9.6 16.2 9Z" />
      <path d="M16 12.5C10.5 13 8 16.5 7.5 20.5c-.4 3.3-1.5 5.8-4 8" />
      <path d="M16 12.5c5.5.5 8 4 8.5 8 .4 3.3 1.5 5.8 4 8" />
      <circle class="solid" cx="16" cy="23.5" r="4.75" />
    </svg>
  )
}
