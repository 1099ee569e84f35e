// What it costs to look over a million settled jobs: the summary, and pages of every sort of filter.
// Usage: npm run bench:overview -- [--settled=1000000] [--queued=100000] [--rounds=20] [--database=postgres://…]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { defineJob, type Holdfast, openHoldfast } from 'holdfast'
import pg from 'pg'
import { machineLine } from './machine.ts'
import { fixed, quantile, table } from './report.ts'

const { values } = parseArgs({
  options: {
    settled: { type: 'string', default: '1000000' },
    queued: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    database: { type: 'string' },
  },
})
const settled = Number(values.settled)
const queued = Number(values.queued)
const rounds = Number(values.rounds)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-overview-'))
const kinds = ['a', 'b', 'rare'].map((kind) => defineJob({ kind, command: ['true'], ...(kind === 'rare' && { queue: 'night' }) }))
const holdfast = await openHoldfast({
  kinds,
  data: join(folder, 'data'),
  runner: false,
  ...(values.database && { database: values.database }),
})
try {
  console.log(`${machineLine(folder)}\n`)
  // One of each makes the doors, and a spec that can be read.
  for (const kind of kinds) await holdfast.submit(kind, null)
  await fill()
  console.log(`${settled.toLocaleString('en')} settled and ${queued.toLocaleString('en')} queued jobs, ${rounds} rounds\n`)
  await report(holdfast)
} finally {
  await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
}

async function fill(): Promise<void> {
  const now = Date.now()
  const numbers = (count: number) =>
    `(with recursive r(n) as (select 1 union all select n + 1 from r where n < ${count}) select n from r) as numbers`
  const kind = `case when n % 10000 = 7 then 'rare' when n % 2 = 0 then 'a' else 'b' end, case when n % 10000 = 7 then 'night' else 'default' end`
  const spec = '(select spec from jobs where id = 1)'
  const columns = 'kind, queue, state, available_at, input, spec, submitted_by, schedule, submitted_at, finished_at, updated_at'
  // A month of them.
  const at = `${now - 30 * 86_400_000} + cast(n as bigint) * ${Math.floor((30 * 86_400_000) / settled)}`
  const statements = [
    `insert into jobs (${columns}) select ${kind}, case when n % 20 = 0 then 'failed' when n % 50 = 1 then 'cancelled' else 'succeeded' end, ${at}, '{"path":"/srv/films/1.mkv"}', ${spec},
      case when n % 100000 = 3 then 'ana' else 'cron' end, case when n % 5000 = 1 then 'nightly' end, ${at}, ${at}, ${now} from ${numbers(settled)}`,
    `insert into jobs (${columns}) select ${kind}, 'queued', ${now}, '{}', ${spec}, 'cron', null, ${now}, null, ${now} from ${numbers(queued)}`,
  ]
  if (values.database) return fillPostgres([...statements, 'vacuum analyze jobs'])
  const database = new DatabaseSync(join(folder, 'data/holdfast.db'))
  for (const statement of statements) database.exec(statement)
  database.close()
}

async function fillPostgres(statements: readonly string[]): Promise<void> {
  const url = new URL(values.database ?? '')
  const schema = url.searchParams.get('schema')
  url.searchParams.delete('schema')
  const client = new pg.Client(url.href)
  await client.connect()
  if (schema) await client.query(`set search_path to "${schema}"`)
  for (const statement of statements) await client.query(statement)
  await client.end()
}

async function report(opened: Holdfast): Promise<void> {
  const looks: [string, () => Promise<unknown>][] = [
    ['summary()', () => opened.summary()],
    ['activity()', () => opened.activity()],
    ['activity({ kind: [a, rare, a/key] })', () => opened.activity({ kind: ['a', 'rare', 'a/key'] })],
    ['count()', () => opened.count()],
    ['list()', () => opened.list()],
    ['list({ kind: rare })', () => opened.list({ kind: 'rare' })],
    ['list({ kind: rare, state: [succeeded] })', () => opened.list({ kind: 'rare', state: ['succeeded'] })],
    ['list({ kind: a, state: [cancelled] }), none', () => opened.list({ kind: 'a', state: ['cancelled'] })],
    ['list({ kind: a, state: [failed] })', () => opened.list({ kind: 'a', state: ['failed'] })],
    ['list({ submittedBy: ana })', () => opened.list({ submittedBy: 'ana' })],
    ['list({ schedule: nightly, queue: default })', () => opened.list({ schedule: 'nightly', queue: 'default' })],
    ['queued(a, 10000)', () => opened.queued('a', 10_000)],
    ['queued(rare, 10000)', () => opened.queued('rare', 10_000)],
    ['queues.list()', () => opened.queues.list()],
  ]
  const rows: string[][] = []
  for (const [name, look] of looks) {
    const first = await timed(look)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) times.push(await timed(look))
    rows.push([name, ...[first, quantile(times, 0.5), Math.max(...times)].map((ms) => fixed(ms, 2))])
  }
  console.log(table(['', 'first, ms', 'median, ms', 'longest, ms'], rows))
}

async function timed(look: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await look()
  return performance.now() - startedAt
}
