// What can be done to the chosen jobs: asked once, with how many; told as it goes on and as it ended.
import { useSignal } from '@preact/signals'
import { HoldfastClientError, type JobCounts } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { count } from '../../../src/views/format.ts'
import { client, counts, loadSummary } from '../client.ts'
import { FormDialog } from '../parts/form-dialog.tsx'
import { useMay } from '../role.tsx'
import { askMany, type Deed, idsFor, jobs, type Outcome, outcomeWords, statesFor, type Which } from './bulk.ts'
import { hasMore, type JobListFilter, matchingOf, statesOf } from './job-filter.ts'
import type { Selection } from './selection.ts'

export interface BulkBarProps {
  filter: JobListFilter
  selection: Selection
}

/** What it would be done to, and to how many; null: nobody knows before. */
interface Plan {
  which: Which
  total: number | null
}

export function BulkBar({ filter, selection }: BulkBarProps) {
  const asked = useSignal<Deed | null>(null)
  const deeds = useDeeds()
  const may = useMay('operator', 'cancel or retry jobs')
  const chosen = selection.jobs.value.size
  const isMatching = selection.isMatching.value
  const plans = { cancel: planOf('cancel', filter, selection), retry: planOf('retry', filter, selection) }
  const ask = (deed: Deed | null) => {
    asked.value = deed
  }
  const start = (deed: Deed, plan: Plan) => {
    selection.clear()
    void deeds.start(deed, plan.which)
  }
  const question = asked.value === null ? null : plans[asked.value]
  return (
    <>
      {(chosen > 0 || deeds.said.value !== null) && (
        <section class="bulk" aria-label="Chosen jobs">
          {deeds.said.value !== null && <Said deeds={deeds} />}
          {chosen > 0 && !deeds.isUnderWay.value && (
            <>
              <b>{isMatching ? `All ${allWords(filter)}` : `${count(chosen)} selected`}</b>
              {!isMatching && (
                <button type="button" class="as-link" onClick={selection.chooseMatching}>
                  Select all {allWords(filter)}
                </button>
              )}
              <span class="push row">
                <DeedButton deed="cancel" plan={plans.cancel} may={may} onClick={() => ask('cancel')} />
                <DeedButton
                  deed="retry"
                  plan={plans.retry}
                  may={may}
                  onClick={(plan) => (isMatching ? ask('retry') : start('retry', plan))}
                />
                <button type="button" class="btn ghost small" onClick={selection.clear}>
                  Clear
                </button>
              </span>
              {may.reason}
            </>
          )}
        </section>
      )}
      {asked.value !== null && question !== null && (
        <Question deed={asked.value} plan={question} onAnswer={start} onClose={() => ask(null)} />
      )}
    </>
  )
}

interface DeedButtonProps {
  deed: Deed
  plan: Plan | null
  may: ReturnType<typeof useMay>
  onClick: (plan: Plan) => void
}

function DeedButton({ deed, plan, may, onClick }: DeedButtonProps) {
  const total = plan?.total ?? null
  const words = `${deed === 'cancel' ? 'Cancel' : 'Retry'}${total === null ? '' : ` ${count(total)}`}${deed === 'cancel' ? '…' : ''}`
  const look = deed === 'cancel' ? 'btn danger small' : 'btn primary small'
  if (plan !== null && plan.total !== 0)
    return (
      <button type="button" class={look} {...may.press(() => onClick(plan))}>
        {words}
      </button>
    )
  const reason = deed === 'cancel' ? 'None of them waits or runs' : 'None of them can be tried again'
  return (
    <button type="button" class="btn small" aria-disabled="true" title={reason}>
      {words}
    </button>
  )
}

function planOf(deed: Deed, filter: JobListFilter, selection: Selection): Plan | null {
  if (!selection.isMatching.value) {
    const ids = idsFor(deed, selection.jobs.value.values())
    return { which: { ids }, total: ids.length }
  }
  const state = statesFor(deed, filter.chip.states)
  if (state.length === 0) return null
  return { which: { ...matchingOf(filter), state }, total: totalOfStates(filter, state) }
}

/** The counts are of all jobs: beside another filter nobody knows. */
function totalOfStates(filter: JobListFilter, states: readonly (keyof JobCounts)[]): number | null {
  const { value } = counts
  return value === null || hasMore(filter) ? null : states.reduce((sum, state) => sum + value[state], 0)
}

function allWords(filter: JobListFilter): string {
  const total = totalOfStates(filter, statesOf(filter.chip.states))
  const isNarrowed = hasMore(filter) || filter.chip.states.length > 0
  return [total === null ? '' : count(total), isNarrowed ? 'that match' : ''].filter(Boolean).join(' ')
}

interface QuestionProps {
  deed: Deed
  plan: Plan
  onAnswer: (deed: Deed, plan: Plan) => void
  onClose: () => void
}

function Question({ deed, plan, onAnswer, onClose }: QuestionProps) {
  const what = plan.total === null ? 'all jobs that match' : jobs(plan.total)
  const isOne = plan.total === 1
  return (
    <FormDialog
      title={deed === 'cancel' ? `Cancel ${what}?` : `Retry ${what}?`}
      words={
        <p>
          {deed === 'cancel'
            ? 'Those that wait will not start. Those that run are asked to stop and get a moment to finish, then their processes are ended.'
            : 'Each gets another attempt from the start, in the order of its queue.'}
          {!('ids' in plan.which) && ' Jobs that come meanwhile are none of them.'}
        </p>
      }
      verb={deed === 'cancel' ? `Cancel ${isOne ? 'it' : 'them'}` : `Retry ${isOne ? 'it' : 'them'}`}
      safe={deed === 'cancel' ? `Keep ${isOne ? 'it' : 'them'}` : 'Leave it'}
      danger={deed === 'cancel'}
      safeFirst
      send={async () => onAnswer(deed, plan)}
      onClose={onClose}
    />
  )
}

type Deeds = ReturnType<typeof useDeeds>

function useDeeds() {
  const said = useSignal<ComponentChildren>(null)
  const isUnderWay = useSignal(false)
  const stop = useSignal(new AbortController())
  const start = async (deed: Deed, which: Which) => {
    stop.value = new AbortController()
    isUnderWay.value = true
    said.value = 'Asking…'
    let last: Outcome = { done: 0, refused: [], isStopped: false }
    const onProgress = (outcome: Outcome) => {
      last = outcome
      said.value = outcomeWords(deed, outcome)
    }
    try {
      said.value = outcomeWords(deed, await askMany(client, deed, which, { signal: stop.value.signal, onProgress }))
    } catch (error) {
      const why = error instanceof HoldfastClientError ? error.message : String(error)
      said.value = `${last.done > 0 ? `${outcomeWords(deed, last)} Then it failed: ` : ''}${why}`
    }
    isUnderWay.value = false
    void loadSummary()
  }
  return { said, isUnderWay, start, stop }
}

function Said({ deeds: { said, isUnderWay, stop } }: { deeds: Deeds }) {
  const close = () => {
    said.value = null
  }
  return (
    <>
      <span role="status">{said.value}</span>
      {isUnderWay.value ? (
        <button type="button" class="btn small push" onClick={() => stop.value.abort()}>
          Stop here
        </button>
      ) : (
        <button type="button" class="btn ghost small push" onClick={close}>
          Close
        </button>
      )}
    </>
  )
}
