// The row of states with their counts, and the choice of a job type. Links, so that each view has an address.
import { useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { counts, kinds } from '../client.ts'
import { useSideways } from '../parts/use-sideways.ts'
import type { JobListFilter, StateChip } from './job-filter.ts'
import { chips, filterLink, totalOf } from './job-filter.ts'

export function StateChips({ filter }: { filter: JobListFilter }) {
  const row = useRef<HTMLElement>(null)
  useSideways(row)
  return (
    <div class="filters">
      <nav class="chips sideways" aria-label="Jobs by state" ref={row}>
        {chips.map((chip) => (
          <Chip key={chip.id} chip={chip} filter={filter} />
        ))}
      </nav>
      {(kinds.value.length > 1 || filter.kind !== null) && <KindChoice filter={filter} />}
    </div>
  )
}

function Chip({ chip, filter }: { chip: StateChip; filter: JobListFilter }) {
  const chosen = chip === filter.chip
  // Counts are of all job types; beside a chosen one they would mislead.
  const total = counts.value === null || filter.kind !== null ? null : totalOf(chip, counts.value)
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

function KindChoice({ filter }: { filter: JobListFilter }) {
  const { route } = useLocation()
  const choose = (kind: string) => route(filterLink({ ...filter, kind: kind || null, before: null }))
  const unknown = filter.kind !== null && !kinds.value.some(({ kind }) => kind === filter.kind)
  return (
    <select class="field select" aria-label="Job type" value={filter.kind ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">All job types</option>
      {unknown && <option value={filter.kind ?? ''}>{filter.kind}</option>}
      {kinds.value.map(({ kind, title }) => (
        <option key={kind} value={kind}>
          {title}
        </option>
      ))}
    </select>
  )
}
