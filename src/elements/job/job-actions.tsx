// What can be done with the job of a card. What may not be done stays where it is, and says why.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Checked, Job } from '../../client/index.ts'
import { cancelWords } from '../../views/cancel-words.ts'
import { stopwatch, time } from '../../views/format.ts'
import { isActive, isCommand, isSettled, isStalled, tookMs } from '../../views/job-words.ts'
import { resumeWords } from '../../views/resume-words.ts'
import type { ElementClient } from '../element-client.ts'
import { Question } from '../question.tsx'
import { Reason } from '../reason.tsx'
import type { Why } from '../standing-words.ts'
import type { Asking } from '../use-asking.ts'
import { useOwnId } from '../use-own-id.ts'

export interface Deed {
  words: string
  look: 'primary' | 'danger' | 'ghost' | ''
  /** Asked before it is done. */
  isAsked?: boolean
  do: (client: ElementClient, id: number) => Promise<unknown>
  /** It answers with what was seen. */
  isLook?: boolean
}

const cancel: Deed = { words: 'Cancel…', look: 'ghost', isAsked: true, do: (client, id) => client.cancel(id) }
/** Stops it first where it still runs; without a checkpoint it begins at the start. */
const resume: Omit<Deed, 'words'> = { look: 'primary', do: (client, id) => client.resume(id) }
const retry: Deed = { words: 'Retry', look: '', do: (client, id) => client.retry(id) }
const check: Deed = { words: 'Check now', look: 'ghost', isLook: true, do: (client, id) => client.check(id) }
const again: Deed = { words: 'Run again', look: '', do: (client, id) => client.rerun(id) }

export function deedsOf(job: Job): Deed[] {
  if (job.state === 'stopping') return []
  const words = resumeWords(job)
  // What a stalled job gets first is what changes least.
  if (isStalled(job)) {
    const wait: Deed = { words: 'Keep waiting', look: 'primary', do: (client, id) => client.keepWaiting(id) }
    const stop: Deed = { ...cancel, look: 'danger' }
    return isCommand(job) ? [wait, stop] : [wait, { ...resume, words: words === null ? 'Stop and retry' : 'Resume', look: '' }, stop]
  }
  if (!isSettled(job)) return [cancel]
  if (isCommand(job)) return []
  if (job.state === 'succeeded') return [again]
  return words === null ? [retry] : [{ ...resume, words }, retry]
}

interface Seen {
  words: string
  at: number
  /** What was seen of one is not true of the next. */
  attempt: number
}

export interface JobActionsProps {
  job: Job
  title: string
  now: number
  client: ElementClient
  asking: Asking
  /** Its processes can be looked at, too. */
  hasCheck: boolean
  /** Why none of it may be done; null: it may. */
  why: Why | null
  onDenied: (reason: string) => void
  onDone: (answer: unknown) => unknown
  children?: ComponentChildren
}

export function JobActions({ job, title, now, client, asking, hasCheck, why, onDenied, onDone, children }: JobActionsProps) {
  const id = useOwnId()
  const [question, setQuestion] = useState<Deed | null>(null)
  const [seen, setSeen] = useState<Seen | null>(null)
  const perform = (deed: Deed) =>
    void asking.ask(async () => {
      const answer = await deed.do(client, job.id)
      if (deed.isLook) setSeen({ words: (answer as Checked).words, at: Date.now(), attempt: job.attempts })
      await onDone(answer)
    })
  const press = (deed: Deed) => {
    if (why !== null) onDenied(why.words)
    else if (deed.isAsked) setQuestion(deed)
    else perform(deed)
  }
  const took = isActive(job) ? tookMs(job, now) : null
  const isLookedAt = hasCheck && job.state === 'running'
  const deeds = [...deedsOf(job), ...(isLookedAt ? [check] : [])]
  return (
    <>
      <div class="acts" part="actions">
        {job.state === 'stopping' && (
          <button type="button" part="button" class="btn small" aria-disabled="true" aria-describedby={`${id}-stops`}>
            Stopping…
          </button>
        )}
        {deeds.map((deed) => (
          <button
            key={deed.words}
            type="button"
            part="button"
            class={`btn small ${deed.look}`}
            aria-disabled={why !== null || asking.isBusy}
            aria-describedby={why === null ? undefined : id}
            onClick={() => press(deed)}
          >
            {deed.words}
          </button>
        ))}
        {took !== null && (
          <span class="push quiet" part="elapsed">
            {stopwatch(took)}
          </span>
        )}
        {children}
      </div>
      {isLookedAt && <SeenLine seen={seen?.attempt === job.attempts ? seen : null} now={now} />}
      {why !== null && deeds.length > 0 && <Reason why={why} id={id} />}
      {asking.refusal !== null && <Refusal words={asking.refusal} />}
      {question !== null && (
        <Question
          title={
            <>
              Cancel <bdi>{title}</bdi> #{job.id}?
            </>
          }
          words={cancelWords(job)}
          verb="Cancel job"
          safe={job.state === 'queued' ? 'Keep it' : 'Keep running'}
          danger
          onYes={() => perform(question)}
          onClose={() => setQuestion(null)}
        />
      )}
    </>
  )
}

function SeenLine({ seen, now }: { seen: Seen | null; now: number }) {
  return (
    <p class="line seen" role="status">
      {seen !== null && <bdi>{`Checked ${time(seen.at, now)}: ${seen.words}`}</bdi>}
    </p>
  )
}

function Refusal({ words }: { words: string }) {
  return (
    <div role="alert">
      <Reason why={{ words, icon: 'cross', isBad: true }} />
    </div>
  )
}
