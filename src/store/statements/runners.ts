// SQL about runners: who looks after jobs on this store, and until when its lease runs.
import sql, { type Sql } from 'sql-template-tag'
import type { RunnerRecord } from '../store.ts'

export function insertRunner(runner: RunnerRecord): Sql {
  return sql`insert into runners (id, host_id, boot_id, pid, started_at, lease_until, kinds)
    values (${runner.runnerId}, ${runner.hostId}, ${runner.bootId}, ${runner.pid}, ${runner.startedAt}, ${runner.leaseUntil}, ${JSON.stringify(runner.kinds)})
    on conflict (id) do update set lease_until = excluded.lease_until, kinds = excluded.kinds`
}

export function renewRunner(runnerId: string, leaseUntil: number): Sql {
  return sql`update runners set lease_until = ${leaseUntil} where id = ${runnerId}`
}

export function allRunners(): Sql {
  return sql`select * from runners order by started_at`
}

export function deleteRunner(runnerId: string): Sql {
  return sql`delete from runners where id = ${runnerId}`
}
