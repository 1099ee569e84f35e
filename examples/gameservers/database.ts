// The app's own tables, in a file of their own: servers, and the blueprints their configuration is made from. Knows no job's rules.
// Opened by the app and by its jobs, which are other processes; no transaction lasts longer than one call here. While another program holds the
// file, a call tries again and again without standing in the way of anything else, and then says so.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type WhenFreeOptions, whenFree } from 'holdfast'

export interface Blueprint {
  id: number
  name: string
  template: string
  /** Grows with every edit. */
  revision: number
  changedAt: number
  changedBy: string
}

/** What the last look at a server found; `silent`: its process lives and its console does not answer. */
export type Condition = 'never set up' | 'stopped' | 'starting' | 'online' | 'silent' | 'deleted'

export interface Server {
  id: number
  name: string
  blueprintId: number
  /** Players come in here. */
  port: number
  /** Another one at each start; null: it was never started. */
  consolePort: number | null
  consolePassword: string | null
  /** What its files were made from: the revision of its blueprint, and the number of the installed game. Null: it has no files. */
  revision: number | null
  runtime: number | null
  condition: Condition
  players: number | null
  lookedAt: number | null
  /** Why the newest of its jobs failed; null after one that succeeded. */
  lastError: string | null
  lastErrorJob: number | null
}

export type Database = Awaited<ReturnType<typeof openDatabase>>

export async function openDatabase(folder: string, patience: WhenFreeOptions) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // A busy timeout of SQLite's own would stop the whole process: pages, streams and timers.
  const database = new DatabaseSync(join(folder, 'gameservers.db'), { timeout: 0 })
  const patiently =
    <Given extends unknown[], Result>(statement: (...given: Given) => Result) =>
    (...given: Given): Promise<Result> =>
      whenFree(() => statement(...given), patience)
  const one = <Row>(sql: string, ...values: (string | number)[]) => database.prepare(sql).get(...values) as Row | undefined
  const all = <Row>(sql: string) => database.prepare(sql).all() as Row[]

  // Only what is not there is made: whoever opens it later need not write.
  await patiently(() => {
    if (one<{ user_version: number }>('pragma user_version')?.user_version === 0) database.exec(schema)
    database.exec('pragma foreign_keys = on')
  })()

  return {
    servers: patiently(() => all<Server>('select * from servers order by id')),
    server: patiently((id: number) => one<Server>('select * from servers where id = ?', id)),
    /** Undefined: its name or its port is another one's. */
    addServer: patiently(({ name, blueprintId, port }: Pick<Server, 'name' | 'blueprintId' | 'port'>) =>
      one<Server>('insert or ignore into servers (name, blueprintId, port) values (?, ?, ?) returning *', name, blueprintId, port),
    ),
    /** Says what is known anew of a server; what is not named stays. */
    note: patiently((id: number, news: Partial<Omit<Server, 'id'>>): void => {
      const names = Object.keys(news)
      const sql = `update servers set ${names.map((name) => `${name} = ?`).join(', ')} where id = ?`
      database.prepare(sql).run(...Object.values(news), id)
    }),

    blueprints: patiently(() => all<Blueprint>('select * from blueprints order by name')),
    blueprint: patiently((id: number) => one<Blueprint>('select * from blueprints where id = ?', id)),
    /** Undefined: there is one of that name. */
    addBlueprint: patiently((name: string, template: string, by: string) => {
      const sql = 'insert or ignore into blueprints (name, template, changedAt, changedBy) values (?, ?, ?, ?) returning *'
      return one<Blueprint>(sql, name, template, Date.now(), by)
    }),
    changeBlueprint: patiently((id: number, template: string, by: string): void => {
      const sql = 'update blueprints set template = ?, revision = revision + 1, changedAt = ?, changedBy = ? where id = ? and template <> ?'
      database.prepare(sql).run(template, Date.now(), by, id, template)
    }),

    close: () => database.close(),
  }
}

/** Ports of players: the next servers get the next ones. */
const firstPort = Number(process.env.GAMESERVERS_FIRST_PORT ?? 8303)

export function nextPort(servers: Pick<Server, 'port'>[]): number {
  const taken = new Set(servers.map(({ port }) => port))
  for (let port = firstPort; ; port++) if (!taken.has(port)) return port
}

const schema = `
pragma journal_mode = wal;
begin immediate;
create table if not exists blueprints (
  id integer primary key autoincrement, name text not null unique, template text not null,
  revision integer not null default 1, changedAt integer not null, changedBy text not null
) strict;
create table if not exists servers (
  id integer primary key autoincrement, name text not null unique, blueprintId integer not null references blueprints,
  port integer not null unique, consolePort integer, consolePassword text, revision integer, runtime integer,
  condition text not null default 'never set up', players integer, lookedAt integer, lastError text, lastErrorJob integer
) strict;
insert into blueprints (name, template, changedAt, changedBy)
select 'Deathmatch', 'sv_name "{name}"
sv_map dm1
sv_gametype dm
sv_max_clients 12
sv_scorelimit 20
sv_motd "Be kind."
', unixepoch() * 1000, 'the app' where not exists (select * from blueprints);
pragma user_version = 1;
commit;
`
