// holdfast/job: what a module job is given, what it can throw to say what becomes of it, and waiting for the app's own tables. A job's process
// loads it at every start: nothing of the supervisor belongs here.
export type { JobContext, ProgressReport } from './runner/job-context.ts'
export { doNotRetry, retryLater, snooze } from './runner/next-attempt.ts'
export { type WhenFreeOptions, whenFree } from './supervisor/when-free.ts'
