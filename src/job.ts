// holdfast/job: what a module job is given. Types only, so that a job's file needs nothing at run time.
export type { JobContext, ProgressReport } from './runner/job-context.ts'
