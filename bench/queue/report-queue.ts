// The tables of bench:queue as Markdown: the systems with class and settings, the figures of every row, the targets. Measures nothing.
import { fixed, judged, table } from '../report.ts'
import type { Results } from './results.ts'
import { type Row, rows, type Target, targets } from './rows.ts'
import { ours, type System } from './systems.ts'

export function queueReport(measured: { systems: readonly System[]; results: Results; missing: readonly string[] }): string {
  const { systems, results, missing } = measured
  const parts = [
    table(
      ['system', 'class', 'settings'],
      systems.map(({ name, durability, settings }) => [name, durability, settings]),
    ),
    notes,
    figures(systems, results),
    verdicts(systems, results),
  ]
  const troubles = [...missing, ...results.failures()]
  if (troubles.length > 0) parts.push(`Not measured:\n\n${troubles.map((trouble) => `- ${trouble}`).join('\n')}`)
  return parts.join('\n\n')
}

const notes = `Class S: synced to the disk before it is acknowledged. Class W: written, synced later; a power cut may take what was acknowledged. Compare within a class.
A figure is the median of the rounds, with the least and the most in brackets. **Holdfast submits as an app does, at its front door; rows B, C and E claim and finish
at its store, without the processes that its runner starts for jobs**; the peers run a no-op handler. Holdfast finishes each job by itself and sends the finishes of one turn together with the next claim.
Holdfast and graphile-worker use the same Postgres, client and server share the machine with everything else.`

function figures(systems: readonly System[], results: Results): string {
  const named = [
    ...systems.map(({ name, durability }) => ({ name, head: `${name} (${durability})` })),
    { name: ours.memory, head: `${ours.memory} (no disk)` },
  ].filter(({ name }) => Object.values(rows).some(({ id }) => results.values(id, name).length > 0))
  const measured = Object.values(rows).filter(({ id }) => named.some(({ name }) => results.values(id, name).length > 0))
  return table(
    ['row', 'unit', ...named.map(({ head }) => head)],
    measured.map((row) => [`${row.id}: ${row.says}`, row.unit, ...named.map(({ name }) => figure(row, results.values(row.id, name)))]),
  )
}

function figure(row: Row, values: readonly number[]): string {
  if (values.length === 0) return ''
  const shown = (value: number) => (row.unit === 'ms' ? fixed(value) : Math.round(value).toLocaleString('en'))
  const middle = values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? Number.NaN
  return `${shown(middle)} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`
}

function verdicts(systems: readonly System[], results: Results): string {
  const judgedRows = targets.flatMap((target) => {
    const line = verdict(target, results)
    return line ? [line] : []
  })
  const classOf = new Map(systems.map(({ name, durability }) => [name, durability]))
  const withClass = (name: string) => (classOf.has(name) ? `${name} (${classOf.get(name)})` : name)
  return table(
    ['row', 'ours', 'against', 'ratio', 'target', ''],
    judgedRows.map(({ target, ratio }) => [
      target.row,
      withClass(target.system),
      againstWhom(target, withClass),
      target.against ? fixed(ratio, ratio < 0.1 ? 3 : 2) : `${fixed(ratio)} ms`,
      `${target.wanted === 'at least' ? '≥' : '≤'} ${target.target}${target.against ? '' : ' ms'}`,
      judged(ratio, target.target, target.wanted),
    ]),
  )
}

function verdict(target: Target, results: Results): { target: Target; ratio: number } | null {
  const mine = results.median(target.row, target.system)
  const theirs = target.against ? results.median(target.against.row, target.against.system) : 1
  return Number.isNaN(mine) || Number.isNaN(theirs) ? null : { target, ratio: mine / theirs }
}

function againstWhom({ against, system }: Target, withClass: (name: string) => string): string {
  if (!against) return 'a limit'
  return against.system === system ? against.row : withClass(against.system)
}
