// Why the job failed: the reason, a hint, the lines around it, and the way into the log.
import { useSignal } from '@preact/signals'
import type { Failure, JobDetail, LogLine } from 'holdfast/client'
import { useEffect } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { lookOf, reasonLine, shellWords, wholeTitleOf } from '../../../src/views/job-words.ts'
import { Line } from '../../../src/views/log/log-lines.tsx'
import { client, kindTitles } from '../client.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { reachable } from '../parts/reachable.ts'
import { link } from '../place.ts'
import { useLocation } from '../router.tsx'
import { Again } from './again.tsx'

const linesShown = 10
const linesAfterReason = 4

export function Verdict({ job }: { job: JobDetail }) {
  const { failure } = job
  if (failure === null || (job.state !== 'failed' && job.state !== 'interrupted' && job.state !== 'expired')) return null
  const { tone, icon } = lookOf(job)
  return (
    <section class="verdict" data-state={tone} aria-labelledby="verdict">
      <div class="say">
        <span class="badge" data-state={tone}>
          <Icon name={icon} />
        </span>
        <h2 id="verdict">
          <bdi>{failure.message}</bdi>
        </h2>
        <p>{[failure.phase && `In phase ${failure.phase}.`, failure.hint].filter(Boolean).join(' ')}</p>
      </div>
      <Evidence job={job} failure={failure} />
      <div class="do">
        {failure.logSeq !== null && <LogLink job={job} seq={failure.logSeq} />}
        <CopyButton label="Copy report" text={() => reportOf(job, failure)} />
        <Again job={job} />
      </div>
    </section>
  )
}

interface EvidenceProps {
  job: JobDetail
  failure: Failure
}

/** The lines with their numbers as the log has them; the recorded ones where the log cannot be read. */
function Evidence({ job, failure }: EvidenceProps) {
  const lines = useSignal<LogLine[]>([])
  const { logSeq } = failure
  const { logLines } = job
  const reason = reasonLine(job)
  useEffect(() => {
    if (logSeq === null) return
    const upTo = Math.min(Math.max(logLines, logSeq), Math.max(linesShown, logSeq + linesAfterReason))
    const stop = new AbortController()
    client.log(job.id, { before: upTo + 1, limit: linesShown }, { signal: stop.signal }).then(
      (page) => (lines.value = page.lines),
      () => {},
    )
    return () => stop.abort()
  }, [job.id, logSeq, logLines, lines])
  if (lines.value.length > 0) {
    const [first, last] = [lines.value[0], lines.value.at(-1)]
    const label = `Lines ${count(first?.seq ?? 0)} to ${count(last?.seq ?? 0)} of the log`
    return (
      <div class="lines" style={{ '--digits': String(count(last?.seq ?? 0).length) }} {...reachable(label)}>
        {lines.value.map((line) => (
          <Line key={line.seq} line={line} page={link(`jobs/${job.id}`)} mark={line.seq === reason ? 'bad hit' : ''} named={false} />
        ))}
      </div>
    )
  }
  if (failure.lastLines.length === 0) return null
  return (
    <pre class="lines plain" {...reachable('Last lines')}>
      {failure.lastLines.join('\n')}
    </pre>
  )
}

/** To the log and its line, whichever tab is open; the page itself stays. */
function LogLink({ job, seq }: { job: JobDetail; seq: number }) {
  const { route } = useLocation()
  const href = `${link(`jobs/${job.id}`)}#L${seq}`
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    route(href, true)
    // The router changes the address without telling, and the tab opens with the next drawing.
    requestAnimationFrame(() => dispatchEvent(new HashChangeEvent('hashchange')))
  }
  return (
    <a class="btn" href={href} onClick={open}>
      Open the log here
    </a>
  )
}

function reportOf(job: JobDetail, failure: Failure): string {
  const facts = [
    `${wholeTitleOf(job, kindTitles.value)} #${job.id} (${job.kind}) ${job.state}, attempt ${job.attempts}`,
    failure.message,
    failure.hint,
    failure.phase && `Phase: ${failure.phase}`,
    job.command && `Command: ${shellWords(job.command)}`,
    failure.exitCode !== undefined && `Exit code: ${failure.exitCode}`,
    failure.signal && `Signal: ${failure.signal}`,
  ]
  return [...facts.filter(Boolean), '', ...failure.lastLines, '', location.href].join('\n')
}
