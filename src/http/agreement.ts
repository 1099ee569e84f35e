// Compile-time proof that the wire and the front door agree where a noun is the supervisor's; contract/agreement.ts does it for core's.
import type { z } from '@hono/zod-openapi'
import type { EachTrue, Same } from '../contract/agreement.ts'
import type { CheckedAnswer, JobDetailAnswer, JobPageAnswer, SubmittedAnswer } from '../contract/job.ts'
import type { kindSchema } from '../contract/kind.ts'
import type { LogPageAnswer } from '../contract/log.ts'
import type { Checked, JobDetail, JobPage, KindView, LogPage, Submitted } from '../supervisor/holdfast.ts'

export type Agreement = EachTrue<
  [
    Same<z.infer<typeof kindSchema>, KindView>,
    Same<Omit<JobDetailAnswer, 'pollAfterMs'>, Omit<JobDetail, never>>,
    Same<Omit<JobPageAnswer, 'pollAfterMs'>, Omit<JobPage, never>>,
    Same<SubmittedAnswer, Submitted>,
    Same<CheckedAnswer, Checked>,
    Same<LogPageAnswer, LogPage>,
  ]
>
