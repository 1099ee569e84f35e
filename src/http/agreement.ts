// Compile-time proof that the wire and the front door agree where a noun is the supervisor's; contract/agreement.ts does it for core's.
import type { z } from '@hono/zod-openapi'
import type { EachTrue, Same } from '../contract/agreement.ts'
import type { bulkAnswerSchema } from '../contract/bulk.ts'
import type { CheckedAnswer, JobDetailAnswer, JobPageAnswer, SubmittedAnswer } from '../contract/job.ts'
import type { kindSchema } from '../contract/kind.ts'
import type { LogPageAnswer } from '../contract/log.ts'
import type { lockKeySchema, queueSchema } from '../contract/queue.ts'
import type { runnerSchema } from '../contract/runner.ts'
import type { scheduleSchema } from '../contract/schedule.ts'
import type { SummaryAnswer } from '../contract/summary.ts'
import type {
  BulkAnswer,
  Checked,
  JobDetail,
  JobPage,
  KindView,
  LockKeyView,
  LogPage,
  QueueView,
  RunnerView,
  ScheduleView,
  Submitted,
  Summary,
} from '../supervisor/holdfast.ts'

export type Agreement = EachTrue<
  [
    Same<z.infer<typeof kindSchema>, KindView>,
    Same<Omit<JobDetailAnswer, 'pollAfterMs'>, Omit<JobDetail, never>>,
    Same<Omit<JobPageAnswer, 'pollAfterMs'>, Omit<JobPage, never>>,
    Same<Omit<SubmittedAnswer, 'pollAfterMs'>, Submitted>,
    Same<Omit<CheckedAnswer, 'pollAfterMs'>, Checked>,
    Same<Omit<SummaryAnswer, 'pollAfterMs' | 'version' | 'serverTime'>, Omit<Summary, never>>,
    Same<z.infer<typeof queueSchema>, QueueView>,
    Same<z.infer<typeof lockKeySchema>, LockKeyView>,
    Same<z.infer<typeof scheduleSchema>, ScheduleView>,
    Same<z.infer<typeof runnerSchema>, RunnerView>,
    Same<z.infer<typeof bulkAnswerSchema>, BulkAnswer>,
    Same<LogPageAnswer, LogPage>,
  ]
>
