// The state of a job as colour, icon and word.
import type { Job } from '../client/index.ts'
import { Icon } from './icon.tsx'
import { lookOf } from './job-words.ts'

export function Pill({ job }: { job: Job }) {
  const { tone, icon, word, filled } = lookOf(job)
  return (
    <span class={filled ? 'pill' : 'pill plain'} data-state={tone}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
