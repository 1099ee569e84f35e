// What can be done with a job that is over: another attempt of it, or another job like it.
import type { JobDetail } from 'holdfast/client'
import { resumeWords } from '../../../src/views/resume-words.ts'
import { client, kinds } from '../client.ts'
import { link } from '../place.ts'
import { useMay } from '../role.tsx'
import { useLocation } from '../router.tsx'
import { useAsking } from './use-asking.ts'

const by = { by: 'dashboard' }

export function Again({ job }: { job: JobDetail }) {
  const { route } = useLocation()
  const { ask, busy, refusal } = useAsking()
  const may = useMay('operator', 'start it again')
  const canRetry = job.state !== 'succeeded'
  const resume = canRetry ? resumeWords(job) : null
  // A command of the moment is no job type: it is asked for where it was typed.
  const isKnown = kinds.value.some(({ kind, isDefined }) => kind === job.kind && isDefined)
  const press = (what: string, request: () => Promise<unknown>) => may.press(() => ask(what, request), busy !== null)
  const rerun = () => client.rerun(job.id, by).then((submitted) => route(link(`jobs/${submitted.job.id}`)))
  return (
    <div class="again">
      {resume !== null && (
        <button type="button" class="btn primary" {...press('resume', () => client.resume(job.id, by))}>
          {resume}
        </button>
      )}
      {canRetry && (
        <button type="button" class={resume === null ? 'btn primary' : 'btn'} {...press('retry', () => client.retry(job.id, by))}>
          {resume === null ? 'Retry' : 'Retry from the start'}
        </button>
      )}
      {isKnown && job.state === 'succeeded' && (
        <button type="button" class="btn" {...press('rerun', rerun)}>
          Run again
        </button>
      )}
      {isKnown && (
        <a class="btn ghost" href={link(`job-types/${job.kind}`, { from: String(job.id) })}>
          Run again with other input…
        </a>
      )}
      {may.reason}
      {refusal !== null && (
        <p class="bad-words" role="alert">
          {refusal}
        </p>
      )}
    </div>
  )
}
