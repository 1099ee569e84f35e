// The rows of the table: what is measured, in which unit, and against whom it is judged (shared research: performance, "Targets").
import { ours, peers } from './systems.ts'

export interface Row {
  id: string
  says: string
  unit: 'jobs/s' | 'ms'
}

export const rows = {
  submit: { id: 'A', says: 'submit, one awaited at a time', unit: 'jobs/s' },
  submit64: { id: 'A64', says: 'submit, 64 in flight from one process', unit: 'jobs/s' },
  submitP50: { id: 'A p50', says: 'submit, one awaited at a time, median wait', unit: 'ms' },
  submitBulk: { id: 'A bulk', says: 'submit, batches of 1,000', unit: 'jobs/s' },
  drain1: { id: 'B 1', says: 'drain of no-op jobs, concurrency 1', unit: 'jobs/s' },
  drain10: { id: 'B 10', says: 'drain of no-op jobs, concurrency 10', unit: 'jobs/s' },
  drain50: { id: 'B 50', says: 'drain of no-op jobs, concurrency 50', unit: 'jobs/s' },
  pickupP50: { id: 'C p50', says: 'from submit to the handler in another process, median', unit: 'ms' },
  pickupP99: { id: 'C p99', says: 'the same, 99 of 100', unit: 'ms' },
  drainEmpty: { id: 'E empty', says: 'drain at concurrency 10, nothing else there', unit: 'jobs/s' },
  drainWaiting: { id: 'E waiting', says: 'the same, while as many more jobs wait', unit: 'jobs/s' },
  drainSettled: { id: 'E settled', says: 'the same, beside settled jobs', unit: 'jobs/s' },
  claimEmpty: { id: 'E100 none', says: 'one claim, nothing else waiting, median', unit: 'ms' },
  claimKey: { id: 'E100 key', says: 'one claim, the others wait for one busy key', unit: 'ms' },
  claimTime: { id: 'E100 time', says: 'one claim, the others wait for tomorrow', unit: 'ms' },
  claimJob: { id: 'E100 job', says: 'one claim, the others wait for a job', unit: 'ms' },
  claimPaused: { id: 'E100 paused', says: 'one claim, the others are of a paused kind', unit: 'ms' },
} as const satisfies Record<string, Row>

export interface Target {
  row: string
  system: string
  /** The system in the same row, or another row of the same system; null: an absolute limit in the row's unit. */
  against: { system: string; row: string } | null
  wanted: 'at least' | 'at most'
  target: number
}

const against = (row: Row, system: string, peer: string) => ({ row: row.id, system, against: { system: peer, row: row.id } })
/** The claims with nothing waiting that were made in turns with this row's. */
export function pairedWith({ id }: Row): string {
  return `${id}, in turns with none waiting`
}

const waits = [rows.claimKey, rows.claimTime, rows.claimJob, rows.claimPaused]
const claimTargets = [
  [ours.memory, 1.3],
  [ours.sqlite, 1.3],
  [ours.postgres, 1.5],
] as const
const ofEmpty = (row: Row, system: string) => ({ row: row.id, system, against: { system, row: rows.drainEmpty.id } })

export const targets: readonly Target[] = [
  { ...against(rows.submit, ours.sqlite, peers.plainjobFull), wanted: 'at least', target: 1 },
  { ...against(rows.submit, ours.postgres, peers.graphile), wanted: 'at least', target: 1.2 },
  { ...against(rows.submit64, ours.sqlite, peers.bullmqAlways), wanted: 'at least', target: 5 },
  { ...against(rows.submitBulk, ours.sqlite, peers.graphile), wanted: 'at least', target: 3 },
  { ...against(rows.submitBulk, ours.sqlite, peers.plainjobFull), wanted: 'at least', target: 0.6 },
  { ...against(rows.submitBulk, ours.postgres, peers.graphile), wanted: 'at least', target: 1 },
  { ...against(rows.drain1, ours.sqlite, peers.plainjobFull), wanted: 'at least', target: 3 },
  { ...against(rows.drain10, ours.sqlite, peers.graphile), wanted: 'at least', target: 2 },
  { ...against(rows.drain50, ours.sqlite, peers.graphile), wanted: 'at least', target: 2 },
  { ...against(rows.drain1, ours.postgres, peers.graphile), wanted: 'at least', target: 1 },
  { ...against(rows.drain10, ours.postgres, peers.graphile), wanted: 'at least', target: 1 },
  { ...against(rows.drain50, ours.postgres, peers.graphile), wanted: 'at least', target: 1 },
  { ...against(rows.pickupP50, ours.sqlite, peers.bullmqAlways), wanted: 'at most', target: 0.8 },
  { row: rows.pickupP99.id, system: ours.sqlite, against: null, wanted: 'at most', target: 10 },
  { ...against(rows.pickupP50, ours.postgres, peers.graphile), wanted: 'at most', target: 1 },
  { ...against(rows.pickupP99, ours.postgres, peers.graphile), wanted: 'at most', target: 1 },
  { ...ofEmpty(rows.drainWaiting, ours.sqlite), wanted: 'at least', target: 0.85 },
  { ...ofEmpty(rows.drainSettled, ours.sqlite), wanted: 'at least', target: 0.85 },
  { ...ofEmpty(rows.drainWaiting, ours.postgres), wanted: 'at least', target: 0.8 },
  { ...ofEmpty(rows.drainSettled, ours.postgres), wanted: 'at least', target: 0.8 },
  ...claimTargets.flatMap(([system, target]) =>
    waits.map((row) => ({ row: row.id, system, against: { system, row: pairedWith(row) }, wanted: 'at most' as const, target })),
  ),
]
