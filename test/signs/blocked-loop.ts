// A module job whose event loop is blocked: it says one thing, and then computes for ever without a turn.
import type { JobContext } from 'holdfast/job'

export default function block(job: JobContext): void {
  job.log('about to compute')
  for (;;) Math.sqrt(Math.random())
}
