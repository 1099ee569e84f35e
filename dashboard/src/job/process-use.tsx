// What the job's processes use: the newest figures, how they went, and what the job may use.
import type { Job, JobDetail } from 'holdfast/client'
import { memory } from '../../../src/views/amounts.ts'
import { count, duration, roundDuration } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { isSettled } from '../../../src/views/job-words.ts'
import { Sparkline } from '../../../src/views/sparkline.tsx'

type Samples = NonNullable<JobDetail['history'][number]['telemetry']>['samples']

/** Rows of the card's list, so that their values line up with the others. */
export function ProcessUse({ job }: { job: JobDetail }) {
  const samples = job.history.at(-1)?.telemetry?.samples ?? []
  const bounds = boundsWords(job)
  if (samples.length === 0 && bounds === null) return null
  return (
    <>
      {samples.length > 0 && <Figures job={job} samples={samples} />}
      {bounds !== null && (
        <>
          <dt>May use</dt>
          <dd>{bounds}</dd>
        </>
      )}
    </>
  )
}

function Figures({ job, samples }: { job: JobDetail; samples: Samples }) {
  const last = samples.at(-1)
  const cpu = samples.map(({ cpuPercent }) => cpuPercent)
  const bytes = samples.map(({ memoryBytes }) => memoryBytes)
  const most = Math.max(...bytes)
  const spanMs = (last?.at ?? 0) - (samples[0]?.at ?? 0)
  const over = spanMs > 0 ? ` in ${roundDuration(spanMs)}` : ''
  const isOver = isSettled(job)
  return (
    <>
      <dt>CPU</dt>
      <dd class="use">
        <span>{isOver ? `${count(Math.max(...cpu))} % at most` : `${count(last?.cpuPercent ?? 0)} %`}</span>
        <Sparkline values={cpu} label={`CPU${over}: at most ${count(Math.max(...cpu))} %`} />
      </dd>
      <dt>Memory</dt>
      <dd class="use">
        <span>{isOver ? `${memory(most)} at most` : memory(last?.memoryBytes ?? 0)}</span>
        <Sparkline values={bytes} label={`Memory${over}: at most ${memory(most)}`} />
      </dd>
      {!isOver && (
        <>
          <dt>Processes</dt>
          <dd>{count(last?.processes ?? 0)}</dd>
        </>
      )}
    </>
  )
}

/** What is to be told of the processes beside the state; nothing when all is as usual. */
export function ProcessNotes({ job }: { job: Job }) {
  return job.flags.map((flag) =>
    flag in notes ? (
      <p class="reason" key={flag}>
        <Icon name="info" />
        <span>{notes[flag]}</span>
      </p>
    ) : null,
  )
}

const notes: Partial<Record<Job['flags'][number], string>> = {
  leftovers:
    'Its command has ended, but processes that it left behind still run. It keeps its keys until they are gone; cancel stops them.',
  killIncomplete: 'Some of its processes cannot be killed. It is tried again and again, and it keeps its keys until they are gone.',
  disconnected: 'Not connected: its launcher is gone, but its processes live. When they end, nobody will know their exit code.',
  unchecked: 'It has ended. Its output waits for the app, which is to look at it before it is published.',
}

/** "10 min, 512 MB of memory", or null when it may use anything. */
export function boundsWords({ timeoutMs, limits }: Pick<Job, 'timeoutMs' | 'limits'>): string | null {
  const said = [
    timeoutMs !== null && (timeoutMs < 1_000 ? duration(timeoutMs) : roundDuration(timeoutMs)),
    limits.memoryBytes !== undefined && `${memory(limits.memoryBytes)} of memory`,
    limits.cpuSeconds !== undefined && `${roundDuration(limits.cpuSeconds * 1_000)} of CPU`,
    limits.openFiles !== undefined && `${count(limits.openFiles)} open files`,
  ].filter((words) => words !== false)
  return said.length === 0 ? null : said.join(', ')
}
