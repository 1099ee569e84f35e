// What stands where there is no job to be shown: its skeleton, that there is none, or why it cannot be shown.

import { Icon } from '../../views/icon.tsx'
import type { HoldfastElement, ViewProps } from '../element.ts'
import type { Live } from '../element-client.ts'
import { Reason } from '../reason.tsx'
import { CardSkeleton } from '../skeletons.tsx'
import { deniedWhy, lostWhy, noKindWords, type Why } from '../standing-words.ts'
import type { FoundJob } from './found-job.ts'
import { numberOf } from './job-wanted.ts'

export interface NothingProps extends ViewProps {
  state: FoundJob['state']
  title?: string | null
}

export function Nothing({ host, live, api, state, title = null }: NothingProps) {
  if (state === 'loading') return <CardSkeleton />
  if (state === 'idle') return <Idle title={title ?? host.attribute('kind') ?? ''} />
  return (
    <div class="jobcard" part="card">
      <Reason why={whyOf(host, live, api, state)} />
    </div>
  )
}

function whyOf(host: HoldfastElement, live: Live, api: string, state: FoundJob['state']): Why {
  if (state === 'denied') return deniedWhy(live.standing(), api)
  if (state === 'offline') return lostWhy(live.standing())
  const id = numberOf(host)
  const words =
    id === null
      ? noKindWords(host.attribute('kind'))
      : id === 0
        ? `“${host.attribute('job')}” is no number of a job.`
        : `Job #${id} is not there: it was removed, or never was.`
  return { words, icon: 'clock' }
}

function Idle({ title }: { title: string }) {
  return (
    <article class="jobcard" part="card">
      <div class="top">
        <span class="pill" data-state="queued">
          <Icon name="queued" />
          Never run
        </span>
      </div>
      <p class="title" part="title">
        <bdi>{title}</bdi>
      </p>
      <p class="line">No job of this type so far.</p>
      <div class="acts">
        <slot name="start" />
      </div>
    </article>
  )
}
