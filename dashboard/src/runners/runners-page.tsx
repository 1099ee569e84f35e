// What starts jobs and what holds them back: runners, queues, lock keys.
import type { LockKeyView, QueueView, RunnerView } from 'holdfast/client'
import { client } from '../client.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { usePolled } from '../parts/use-polled.ts'
import { useTabSign } from '../tab-sign.ts'
import { LockKeys } from './lock-keys.tsx'
import { Queues } from './queues.tsx'
import { Runners } from './runners.tsx'

interface Standing {
  runners: RunnerView[]
  queues: QueueView[]
  lockKeys: LockKeyView[]
}

async function standing(signal: AbortSignal): Promise<Standing> {
  const [runners, queues, lockKeys] = await Promise.all([
    client.runners({ signal }),
    client.queues({ signal }),
    client.lockKeys({ signal }),
  ])
  return { runners, queues, lockKeys }
}

export function RunnersPage() {
  const { view, problem, again } = usePolled(standing)
  useTabSign('Runners', null)
  return (
    <>
      <PageHead title="Runners" lead={view === null ? undefined : sentence(view)} />
      {problem !== null && view === null && <ProblemNote problem={problem} />}
      {view === null && problem === null && <Skeleton label="Loading runners" />}
      {view !== null && (
        <>
          <Runners runners={view.runners} />
          <Queues queues={view.queues} onChange={again} />
          <LockKeys lockKeys={view.lockKeys} onChange={again} />
        </>
      )}
    </>
  )
}

function sentence({ runners, queues }: Standing): string {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const busy = alive.reduce((sum, { jobs }) => sum + jobs.length, 0)
  const paused = queues.filter(({ pausedAt }) => pausedAt !== null).length
  if (alive.length === 0)
    return 'No runner is alive: what is asked for waits until one is. A start of the app is one, and so is `holdfast up`.'
  const who = alive.length === 1 ? 'One runner is alive' : `${alive.length} runners are alive`
  const jobs = busy === 0 ? 'looking after no job now' : `looking after ${busy === 1 ? 'one job' : `${busy} jobs`}`
  return `${who}, ${jobs}.${paused === 0 ? '' : paused === 1 ? ' One queue is paused.' : ` ${paused} queues are paused.`}`
}
