// The icons: 16 px, drawn with a line of 1.5. A word always stands beside one.

const paths = {
  overview: 'M2.5 2.5h4.5v5H2.5zM9 2.5h4.5v3H9zM9 8h4.5v5.5H9zM2.5 10H7v3.5H2.5z',
  types: 'M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3',
  runner:
    'M5 4h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM6.5 1.5V4M9.5 1.5V4M6.5 12v2.5M9.5 12v2.5M1.5 6.5H4M1.5 9.5H4M12 6.5h2.5M12 9.5h2.5',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  jobs: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  artifacts: 'M8 1.75 13.5 4.75v6.5L8 14.25 2.5 11.25v-6.5zM2.5 4.75 8 7.75l5.5-3M8 7.75v6.5',
  required: 'M13.5 6.5A5.8 5.8 0 0 0 3 5M2.5 2.5v3h3M2.5 9.5A5.8 5.8 0 0 0 13 11M13.5 13.5v-3h-3',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
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
  settings:
    'M2.5 4.5h6M12 4.5h1.500M10.250 2.75a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 1 0 0-3.5zM2.5 11.5H4M7.5 11.5h6M5.75 9.75a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 1 0 0-3.5z',
  leave: 'M6.5 2.5h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M6.5 8h7M10.5 5l3 3-3 3',
  lock: 'M4.5 7h7A1.5 1.5 0 0 1 13 8.5v4a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7zM5 7V5a3 3 0 0 1 6 0v2',
  adopt: 'M8 2v5M4 12.5c0-3 1.5-5.5 4-5.5s4 2.5 4 5.5M8 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 1 0 0-3z',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9zM10.5 10.5 14 14',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  copy: 'M7 5.5h5A1.5 1.5 0 0 1 13.5 7v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5zM10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2',
  term: 'm2.5 4.5 3.5 3.5-3.5 3.5M8 12h5.5',
  code: 'M5 4.5 1.5 8 5 11.5M11 4.5 14.5 8 11 11.5M9.25 3l-2.5 10',
  globe: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM2 8h12M8 2c2 1.7 2.75 3.7 2.75 6S10 12.3 8 14C6 12.3 5.25 10.3 5.25 8S6 3.7 8 2z',
  half: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z',
  queued: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={name === 'running' ? 'i spin' : 'i'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} stroke-dasharray={name === 'queued' ? '2.2 2.5' : undefined} />
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
