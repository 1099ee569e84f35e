// The row of states with their counts, and the choice of a job type. Links, so that each view has an address.

import { useSignal } from '@preact/signals'
import type { Job } from 'holdfast/client'
import { useEffect, useRef } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { client, counts, kinds } from '../client.ts'
import { useSideways } from '../parts/use-sideways.ts'
import { useLocation } from '../router.tsx'
import type { JobListFilter, StateChip } from './job-filter.ts'
import { chips, filterLink, hasMore, totalOf } from './job-filter.ts'

export function StateChips({ filter, jobs }: { filter: JobListFilter; jobs: readonly Job[] }) {
  const row = useRef<HTMLElement>(null)
  useSideways(row)
  return (
    <div class="filters">
      <nav class="chips sideways" aria-label="Jobs by state" ref={row}>
        {chips.map((chip) => (
          <Chip key={chip.id} chip={chip} filter={filter} />
        ))}
      </nav>
      <Narrower filter={filter} jobs={jobs} />
    </div>
  )
}

function Chip({ chip, filter }: { chip: StateChip; filter: JobListFilter }) {
  const chosen = chip === filter.chip
  const total = counts.value === null || hasMore(filter) ? null : totalOf(chip, counts.value)
  if (chip.rare && !chosen && !total) return null
  const { look } = chip
  return (
    <a
      class="filter"
      href={filterLink({ ...filter, chip, before: null })}
      aria-current={chosen ? 'true' : undefined}
      data-state={look?.tone}
    >
      {look !== null && <Icon name={look.icon} />}
      {chip.word}
      {total !== null && <b>{count(total)}</b>}
    </a>
  )
}

/** Job type, queue, who: those of which there is more than one to choose from. */
function Narrower({ filter, jobs }: { filter: JobListFilter; jobs: readonly Job[] }) {
  const { route } = useLocation()
  const queues = useSignal<string[]>([])
  useEffect(() => {
    const stop = new AbortController()
    client.queues({ signal: stop.signal }).then(
      (all) => {
        queues.value = all.map(({ queue }) => queue)
      },
      () => undefined,
    )
    return () => stop.abort()
  }, [])
  const to = (change: Partial<JobListFilter>) => route(filterLink({ ...filter, ...change, before: null }))
  // The server has no list of people: those of the page that is shown are offered.
  const people = [...new Set(jobs.map(({ submittedBy }) => submittedBy).filter((name) => name !== null))].sort()
  return (
    <div class="narrower">
      <Choice
        label="Job type"
        all="All job types"
        value={filter.kind}
        options={kinds.value.map(({ kind, title }) => [kind, title])}
        onChoose={(kind) => to({ kind })}
      />
      <Choice
        label="Queue"
        all="All queues"
        value={filter.queue}
        options={queues.value.map((queue) => [queue, queue])}
        onChoose={(queue) => to({ queue })}
      />
      <Choice label="Who" all="Anyone" value={filter.by} options={people.map((name) => [name, name])} onChoose={(by) => to({ by })} />
      {(hasMore(filter) || filter.chip.id !== '') && (
        <a class="clear" href={filterLink({ ...filter, chip: chips[0] ?? filter.chip, kind: null, queue: null, by: null, before: null })}>
          Clear filters
        </a>
      )}
    </div>
  )
}

interface ChoiceProps {
  label: string
  all: string
  value: string | null
  options: readonly (readonly [value: string, words: string])[]
  onChoose: (value: string | null) => void
}

function Choice({ label, all, value, options, onChoose }: ChoiceProps) {
  if (value === null && options.length < 2) return null
  const isUnknown = value !== null && !options.some(([option]) => option === value)
  return (
    <select class="field select" aria-label={label} value={value ?? ''} onChange={(event) => onChoose(event.currentTarget.value || null)}>
      <option value="">{all}</option>
      {isUnknown && <option value={value}>{value}</option>}
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </select>
  )
}
