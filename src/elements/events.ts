// What the elements tell their page: events that bubble and leave the shadow root. The reference is tested against it.
import type { ArtifactCondition, Failure, Job, JobState, Json, KindCondition, Progress } from '../client/index.ts'
import type { Tag } from './attributes.ts'

export interface EventDetails {
  /** Before a job is asked for; `preventDefault()` lets it be. */
  'holdfast-start': { kind: string; input: Json }
  /** `created` is false when an active job with the same unique key was there already. */
  'holdfast-started': { job: Job; created: boolean }
  /** It was pressed and may not be, or the server said no. */
  'holdfast-denied': { reason: string }
  /** The server did not answer, or could not. */
  'holdfast-error': { message: string }
  'holdfast-condition': { from: KindCondition | ArtifactCondition; to: KindCondition | ArtifactCondition }
  'holdfast-progress': { job: Job; progress: Progress }
  'holdfast-state': { job: Job; from: JobState; to: JobState }
  'holdfast-stalled': { job: Job }
  'holdfast-settled': { job: Job; state: JobState; result: Json; failure: Failure | null }
  'holdfast-line-click': { seq: number }
  'holdfast-active': { count: number }
  /** What the server draws now was taken, but for forms in which somebody has typed (`kept`); `drawn` is all that it draws. */
  'holdfast-refreshed': { kept: PageElement[]; drawn: PageElement }
  /** Before it is shown; `preventDefault()` lets it be. */
  'holdfast-toast': { job: Job; about: ToastAbout }
}

/** Where there is a page; the reference is tested where there is none. */
type PageElement = typeof globalThis extends { HTMLElement: { prototype: infer Each } } ? Each : never

export type ToastAbout = 'succeeded' | 'failed' | 'stalled' | 'interrupted'

const starting = ['holdfast-start', 'holdfast-started', 'holdfast-denied', 'holdfast-error'] as const
const acting = ['holdfast-denied', 'holdfast-error'] as const

export const events = {
  'holdfast-start': [...starting, 'holdfast-condition'],
  'holdfast-kind': [...starting, 'holdfast-condition'],
  'holdfast-job': [...acting, 'holdfast-started', 'holdfast-state', 'holdfast-progress', 'holdfast-stalled', 'holdfast-settled'],
  'holdfast-log': ['holdfast-line-click', 'holdfast-settled'],
  'holdfast-indicator': ['holdfast-active'],
  'holdfast-required': [...starting, 'holdfast-condition'],
  'holdfast-fresh': ['holdfast-refreshed'],
  'holdfast-toasts': [...acting, 'holdfast-toast'],
} as const satisfies Record<Tag, readonly (keyof EventDetails)[]>

/** For `addEventListener` and for JSX: every event of the elements by its name. */
export type HoldfastEvents = { [Name in keyof EventDetails]: CustomEvent<EventDetails[Name]> }
