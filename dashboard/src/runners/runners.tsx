// The programs that look after jobs.
import type { RunnerView } from 'holdfast/client'
import { ago, count, fullTime, roundDuration } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { kindTitles } from '../client.ts'
import { clock } from '../live.ts'
import { JobNumbers } from '../parts/job-numbers.tsx'

export function Runners({ runners }: { runners: RunnerView[] }) {
  return (
    <section class="section" aria-labelledby="runners">
      <header>
        <h2 id="runners">
          Runners <span class="n">{count(runners.length)}</span>
        </h2>
      </header>
      {runners.length === 0 ? (
        <p class="card none">None has run here so far. A start of the app is one, and so is “holdfast up”.</p>
      ) : (
        <ul class="card lines-list">
          {runners.map((runner) => (
            <Runner key={runner.id} runner={runner} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Runner({ runner: { id, hostId, pid, startedAt, leaseUntil, isAlive, kinds, jobs } }: { runner: RunnerView }) {
  const now = clock.value
  return (
    <li>
      <span class="pill plain" data-state={isAlive ? 'succeeded' : 'interrupted'}>
        <Icon name={isAlive ? 'check' : 'broken'} />
        {isAlive ? 'Alive' : 'Gone'}
      </span>
      <div class="what">
        <p>
          <b title={id}>pid {pid}</b> <span class="quiet">on {hostId.slice(0, 12)}</span>
        </p>
        <p class="quiet small" title={fullTime(startedAt)}>
          {isAlive
            ? `since ${roundDuration(now - startedAt)}`
            : `started ${ago(now - startedAt)}, last heard ${leaseUntil > now ? 'just now' : ago(now - leaseUntil)}`}
        </p>
      </div>
      <p class="soft">
        {jobs.length === 0 ? (
          'no job now'
        ) : (
          <>
            Jobs <JobNumbers ids={jobs} />
          </>
        )}
        <span class="quiet small kinds">{kindWords(kinds)}</span>
      </p>
    </li>
  )
}

function kindWords(kinds: readonly string[]): string {
  if (kinds.length === 0) return 'starts no job type'
  const titles = kinds.slice(0, 6).map((kind) => kindTitles.value.get(kind) ?? kind)
  return `starts ${titles.join(', ')}${kinds.length > 6 ? ` and ${kinds.length - 6} more` : ''}`
}
