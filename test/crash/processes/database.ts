// A look into the campaign's database from beside, and its memory: triggers write down every change of a job's state and lease, with the time.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Change {
  job: number
  from: string | null
  to: string
  tokenFrom: number
  token: number
  attempts: number
  runner: string | null
  /** Epoch milliseconds, when it was written. */
  at: number
}

export interface Witness {
  ask<Row>(text: string): Row[]
  close(): void
}

const memory = `
create table campaign_changes(n integer primary key, job, "from", "to", tokenFrom, token, attempts, runner, at);
create table campaign_runners(runner, pid, at);
create trigger campaign_submitted after insert on jobs begin
  insert into campaign_changes(job, "from", "to", tokenFrom, token, attempts, runner, at)
  values (new.id, null, new.state, new.lease_token, new.lease_token, new.attempts, new.runner_id, unixepoch('subsec') * 1000);
end;
create trigger campaign_changed after update on jobs when old.state <> new.state or old.lease_token <> new.lease_token begin
  insert into campaign_changes(job, "from", "to", tokenFrom, token, attempts, runner, at)
  values (new.id, old.state, new.state, old.lease_token, new.lease_token, new.attempts, new.runner_id, unixepoch('subsec') * 1000);
end;
create trigger campaign_runner after insert on runners begin
  insert into campaign_runners values (new.id, new.pid, unixepoch('subsec') * 1000);
end`

/** The database must be there already. */
export function openWitness(data: string): Witness {
  const database = new DatabaseSync(join(data, 'holdfast.db'), { timeout: 20_000 })
  const ask = <Row>(text: string) => database.prepare(text).all() as Row[]
  if (ask("select 1 from sqlite_schema where name = 'campaign_changes'").length === 0) database.exec(memory)
  return { ask, close: () => database.close() }
}

export function changesOf({ ask }: Witness): Change[] {
  return ask<Change>('select job, "from", "to", tokenFrom, token, attempts, runner, at from campaign_changes order by n')
}
