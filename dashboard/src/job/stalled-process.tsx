// What was last seen of a silent job's processes, and the button that looks again.
import type { JobDetail, ProcessFacts } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { memory } from '../../../src/views/amounts.ts'
import { count, sinceThen } from '../../../src/views/format.ts'
import { client } from '../client.ts'
import { clock } from '../live.ts'
import { useMay } from '../role.tsx'
import { useAsking } from './use-asking.ts'

type Stalled = NonNullable<JobDetail['stalled']>

interface Seen {
  process: ProcessFacts | null
  at: number
}

export function StalledProcess({ job, stalled }: { job: JobDetail; stalled: Stalled }) {
  const [checked, setChecked] = useState<(Seen & { words: string }) | null>(null)
  const { ask, busy, refusal } = useAsking()
  const may = useMay('operator', 'have it looked at')
  const look = () =>
    ask('check', async () => {
      const { process, words } = await client.check(job.id, { by: 'dashboard' })
      setChecked({ process, words, at: Date.now() })
    })
  const runner: Seen = { process: stalled.process, at: stalled.lookedAt }
  const { process, at } = checked !== null && checked.at > runner.at ? checked : runner
  return (
    <div>
      <h3>The process</h3>
      {process === null ? (
        <p class="quiet">{checked?.words ?? 'It has no process of its own that could be looked at.'}</p>
      ) : (
        <Facts process={process} />
      )}
      <div class="look">
        <button type="button" class="btn small" {...may.press(look, busy !== null)}>
          {busy === null ? 'Check now' : 'Looking…'}
        </button>
        <span class="quiet small" role="status">
          {checked === null ? `seen ${sinceThen(clock.value - at)}` : 'Checked: the log has what was seen'}
        </span>
      </div>
      {may.reason}
      {refusal !== null && (
        <p class="bad-words" role="alert">
          {refusal}
        </p>
      )}
    </div>
  )
}

function Facts({ process }: { process: ProcessFacts }) {
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>{stateWords(process)}</dd>
      {process.processes > 0 && (
        <>
          <dt>CPU</dt>
          <dd>{process.cpuPercent === null ? 'not measured yet' : `${count(Math.round(process.cpuPercent))}\u202f%`}</dd>
          <dt>Memory</dt>
          <dd>{memory(process.memoryBytes)}</dd>
          <dt>Processes</dt>
          <dd>{count(process.processes)}</dd>
        </>
      )}
    </dl>
  )
}

function stateWords({ processes, doing }: ProcessFacts): string {
  if (processes === 0) return 'no process of it was found'
  return doing === 'paused' ? 'paused by a signal (SIGSTOP)' : `alive, ${doing}`
}
