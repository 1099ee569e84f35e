// The app's own tables, in a file of their own: servers, and the blueprint their configuration is made from. Knows no job's rules.
// Opened by the app and by its jobs, which are other processes; no transaction lasts longer than one call here. While another program holds the
// file, a call tries again and again without standing in the way of anything else, and then says so.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type WhenFreeOptions, whenFree } from 'holdfast'

/** There is one: servers are linked to it as it is, and have no copy. */
export interface Blueprint {
  template: string
  /** Grows with every edit. */
  revision: number
}

/** What the last look at a server found; `silent`: its process lives and its console does not answer. */
export type Condition = 'not set up' | 'stopped' | 'starting' | 'online' | 'silent'

export interface Server {
  id: number
  name: string
  /** Players come in here. */
  port: number
  /** Another one each time it is set up; null: it has no files. */
  consolePort: number | null
  consolePassword: string | null
  /** What its files were made from: the revision of the blueprint, and the number of the installed game. Null: it has no files. */
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
  })()

  return {
    servers: patiently(() => all<Server>('select * from servers order by id')),
    server: patiently((id: number) => one<Server>('select * from servers where id = ?', id)),
    /** On the next port. Undefined: there is one of that name. */
    addServer: patiently((name: string) => {
      const sql = 'insert or ignore into servers (name, port) select ?, coalesce(max(port) + 1, ?) from servers returning *'
      return one<Server>(sql, name, firstPort)
    }),
    /** Says what is known anew of a server; what is not named stays. */
    note: patiently((id: number, news: Partial<Omit<Server, 'id'>>): void => {
      const names = Object.keys(news)
      const sql = `update servers set ${names.map((name) => `${name} = ?`).join(', ')} where id = ?`
      database.prepare(sql).run(...Object.values(news), id)
    }),

    blueprint: patiently(() => one<Blueprint>('select * from blueprint') as Blueprint),
    /** False: it is not the revision any more that the change was made from. */
    changeBlueprint: patiently((template: string, from: number): boolean => {
      const sql = 'update blueprint set template = ?1, revision = revision + (template <> ?1) where revision = ?2'
      return database.prepare(sql).run(template, from).changes === 1
    }),

    close: () => database.close(),
  }
}

/** Where players come in to the first server. */
const firstPort = Number(process.env.GAMESERVERS_FIRST_PORT ?? 8303)

const schema = `
pragma journal_mode = wal;
begin immediate;
create table if not exists servers (
  id integer primary key autoincrement, name text not null unique, port integer not null unique, consolePort integer, consolePassword text,
  revision integer, runtime integer, condition text not null default 'not set up', players integer, lookedAt integer, lastError text,
  lastErrorJob integer
) strict;
create table if not exists blueprint (id integer primary key check (id = 1), template text not null, revision integer not null) strict;
insert or ignore into blueprint (id, template, revision) values (1, 'sv_name "{name}"
sv_map dm1
sv_gametype dm
sv_max_clients 12
sv_scorelimit 20
sv_motd "Be kind."
', 1);
pragma user_version = 1;
commit;
`
