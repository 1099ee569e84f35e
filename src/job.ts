// holdfast/job: what a module job is given, and what it can throw to say what becomes of it.
export type { JobContext, ProgressReport } from './runner/job-context.ts'
export { doNotRetry, retryLater, snooze } from './runner/next-attempt.ts'
