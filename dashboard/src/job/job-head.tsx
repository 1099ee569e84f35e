// Where one is, what the job is called, its number and state, and the one action there is.
import type { JobDetail } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { Icon } from '../../../src/views/icon.tsx'
import { isCalledByCommand, isSettled, isStalled, wholeTitleOf } from '../../../src/views/job-words.ts'
import { Pill } from '../../../src/views/pill.tsx'
import { kindTitles } from '../client.ts'
import { ConnectionNote } from '../parts/connection-note.tsx'
import { link } from '../place.ts'
import { useMay } from '../role.tsx'
import { useShortcuts } from '../shortcuts.ts'
import { Again } from './again.tsx'
import { CancelDialog } from './cancel-dialog.tsx'

export function JobHead({ job, title }: { job: JobDetail; title: string }) {
  const whole = wholeTitleOf(job, kindTitles.value)
  const [asking, setAsking] = useState(false)
  const may = useMay('operator', 'cancel jobs')
  const canCancel = job.state === 'queued' || job.state === 'running'
  useShortcuts('This job', canCancel && may.is ? [{ keys: 'c', words: 'Cancel it', press: () => setAsking(true) }] : [])
  return (
    <>
      <nav class="crumb" aria-label="Where">
        <a href={link('jobs')}>Jobs</a>
        <Icon name="right" />
        <a href={link('jobs', { kind: job.kind })}>
          <code>{job.kind}</code>
        </a>
      </nav>
      <header class="page-head tight">
        <div class="job-title">
          <h1 class={isCalledByCommand(job) ? 'typed' : undefined} title={whole === title ? undefined : whole}>
            <bdi>{title}</bdi>
          </h1>
          <span class="id">#{job.id}</span>
          <Pill job={job} />
        </div>
        <div class="right">
          <ConnectionNote />
          {canCancel && !isStalled(job) && (
            <button type="button" class="btn danger" aria-keyshortcuts="c" {...may.press(() => setAsking(true))}>
              Cancel… <kbd>c</kbd>
            </button>
          )}
          {(job.state === 'succeeded' || job.state === 'cancelled') && <Again job={job} />}
          {!canCancel && !isSettled(job) && (
            <button type="button" class="btn" aria-disabled="true" title="It was asked to stop already">
              Stopping…
            </button>
          )}
        </div>
      </header>
      {canCancel && !isStalled(job) && may.reason}
      {asking && canCancel && <CancelDialog job={job} title={title} onClose={() => setAsking(false)} />}
    </>
  )
}
