// A job that has gone silent: for how long, what was seen of its processes, what it last said, and what a person can do. Facts, no verdict.
import type { JobDetail } from 'holdfast/client'
import { roundDuration, time } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { silentMs, stallLimitMs } from '../../../src/views/job-words.ts'
import type { LogWindow } from '../../../src/views/log/log-window.ts'
import { Pulse } from '../../../src/views/pulse.tsx'
import { clock, isLost } from '../live.ts'
import { StalledChoices } from './stalled-choices.tsx'
import { StalledProcess } from './stalled-process.tsx'

export interface StalledCardProps {
  job: JobDetail
  title: string
  log: LogWindow
}

export function StalledCard({ job, title, log }: StalledCardProps) {
  const { stall, stalled } = job
  if (job.state !== 'running' || stall === null || stalled === null) return null
  const now = clock.value
  const sign = stalled.heartbeats === 'any' ? 'sign of life' : 'heartbeat'
  return (
    <section class="verdict stalled" data-state="stalled" aria-labelledby="stalled">
      <div class="say">
        <span class="badge" data-state="stalled">
          <Icon name="warn" />
        </span>
        <h2 id="stalled">
          No {sign} for {roundDuration(silentMs(stalled, now))} <small>(limit {roundDuration(stallLimitMs(job))})</small>
        </h2>
        <p>{whatFollows(job)}</p>
      </div>
      <div class="evidence">
        <div class="full">
          <div class="head">
            <h3>{stalled.heartbeats === 'any' ? 'Signs of life' : 'Heartbeats'}</h3>
            <span class="push quiet">{job.heartbeatAt === null ? 'none so far' : `last at ${time(job.heartbeatAt, now)}`}</span>
          </div>
          <Pulse job={job} log={log} now={now} isLost={isLost.value} />
        </div>
        <StalledProcess job={job} stalled={stalled} />
        <LastSaid job={job} />
      </div>
      <StalledChoices job={job} title={title} />
    </section>
  )
}

function whatFollows({ stall, stalled, locks }: JobDetail): string {
  const lives = stalled?.process !== null && (stalled?.process.processes ?? 0) > 0
  const keeps = `${lives ? 'its process is alive' : 'nobody is declared dead by a clock'}${locks.length > 0 ? ', and it keeps its keys' : ''}`
  const warning = `This is a warning, not a verdict: ${keeps}.`
  if (stall === null || stall.onStall === 'warn') return `${warning} Holdfast will not stop it by itself.`
  const then = stall.onStall === 'cancel' ? 'stops it, and it has failed' : 'stops it, and tries again if its retries allow'
  return `${warning} After ${roundDuration(stall.stallLimitMs)} of silence Holdfast ${then}, as its job type declares.`
}

function LastSaid({ job }: { job: JobDetail }) {
  const { stalled, locks, progress } = job
  return (
    <div>
      <h3>What it last said</h3>
      <dl class="facts">
        <dt>Line</dt>
        <dd>{stalled?.lastLine == null ? 'nothing yet' : <bdi class="mono">{stalled.lastLine}</bdi>}</dd>
        {progress?.message != null && (
          <>
            <dt>Progress</dt>
            <dd>
              <bdi>{progress.message}</bdi>
            </dd>
          </>
        )}
        {locks.length > 0 && (
          <>
            <dt>Holds</dt>
            <dd>
              {locks.map(({ key, mode }) => (
                <span class="held" key={key}>
                  <Icon name="lock" /> <bdi class="mono">{key}</bdi> {mode}
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}
