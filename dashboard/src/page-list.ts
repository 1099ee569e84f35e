// The pages of the rail, in their order: where they are, what they are called, which key leads there.
import type { IconName } from '../../src/views/icon.tsx'

export interface RailPage {
  /** Relative to where the dashboard lives. */
  path: string
  word: string
  icon: IconName
  /** After `g`. */
  key: string
}

export const pages: readonly RailPage[] = [
  { path: '', word: 'Overview', icon: 'overview', key: 'o' },
  { path: 'jobs', word: 'Jobs', icon: 'jobs', key: 'j' },
  { path: 'job-types', word: 'Job types', icon: 'types', key: 't' },
  { path: 'artifacts', word: 'Artifacts', icon: 'artifacts', key: 'a' },
  { path: 'schedules', word: 'Schedules', icon: 'clock', key: 's' },
  { path: 'runners', word: 'Runners', icon: 'runner', key: 'r' },
  { path: 'settings', word: 'Settings', icon: 'settings', key: 'e' },
]
