// The app's own tables, in its own SQLite file: what was found, what was written. Each row stands under the number of the job that made
// it, so that a second attempt replaces what the first one wrote, and never adds to it. Knows no Holdfast and no page.
import { DatabaseSync } from 'node:sqlite'

export interface Fact {
  topic: string
  text: string
  /** Address of the page that says so. */
  source: string
}

export interface Research {
  job: number
  posting: string
  pages: number
  madeAt: number
  facts: Fact[]
}

export interface Letter {
  job: number
  posting: string
  /** Who wrote it: a model's name, or the templates. */
  writer: string
  recipient: string | null
  /** As it was written, or as somebody has changed it. */
  text: string
  madeAt: number
  editedAt: number | null
  /** From then on it is not changed any more. */
  approvedAt: number | null
}

/** Which job of which kind writes, and its how manyth attempt. */
export interface Made {
  job: number
  attempt: number
  posting: string
}

export type Results = ReturnType<typeof openResults>

export function openResults(path: string) {
  const database = new DatabaseSync(path)
  // The jobs write from processes of their own, while the app reads and writes.
  database.exec('pragma busy_timeout = 10000; pragma journal_mode = wal; pragma foreign_keys = on')
  database.exec(tables)
  return { ...sites(database), ...research(database), ...letters(database), close: () => database.close() }
}

/** Where the companies' sites are. They move when the app is started on another port; a job reads it when it needs it. */
function sites(database: DatabaseSync) {
  const put = database.prepare('insert into site (company, url) values (?, ?) on conflict (company) do update set url = excluded.url')
  const get = database.prepare('select url from site where company = ?')
  return {
    putSite: (company: string, url: string): void => void put.run(company, url),
    siteOf: (company: string): string | null => (get.get(company) as { url: string } | undefined)?.url ?? null,
  }
}

function research(database: DatabaseSync) {
  const put = database.prepare(`insert into research (job, attempt, posting, pages, madeAt) values (?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, pages = excluded.pages, madeAt = excluded.madeAt
    where excluded.attempt >= attempt returning job`)
  const clear = database.prepare('delete from fact where job = ?')
  const add = database.prepare('insert into fact (job, place, topic, text, source) values (?, ?, ?, ?, ?)')
  const last = database.prepare('select job, posting, pages, madeAt from research where posting = ? order by job desc limit 1')
  const facts = database.prepare('select topic, text, source from fact where job = ? order by place')
  return {
    /** All of it or nothing. */
    keepResearch: ({ job, attempt, posting }: Made, found: Pick<Research, 'pages' | 'facts'>): void =>
      whole(database, () => {
        // Nothing comes back where a later attempt was here before.
        if (put.get(job, attempt, posting, found.pages, Date.now()) === undefined) return
        clear.run(job)
        for (const [place, { topic, text, source }] of found.facts.entries()) add.run(job, place, topic, text, source)
      }),
    lastResearch(posting: string): Research | null {
      const row = last.get(posting) as Omit<Research, 'facts'> | undefined
      return row === undefined ? null : { ...row, facts: facts.all(row.job) as unknown as Fact[] }
    },
  }
}

function letters(database: DatabaseSync) {
  const columns = 'job, posting, writer, recipient, coalesce(edited, text) as text, madeAt, editedAt, approvedAt'
  const put = database.prepare(`insert into letter (job, attempt, posting, writer, recipient, text, madeAt) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, writer = excluded.writer, recipient = excluded.recipient,
      text = excluded.text, madeAt = excluded.madeAt
    where excluded.attempt >= attempt and approvedAt is null`)
  const last = database.prepare(`select ${columns} from letter where posting = ? order by job desc limit 1`)
  const get = database.prepare(`select ${columns} from letter where job = ?`)
  const edit = database.prepare(
    'update letter set edited = ?, editedAt = ? where job = ? and approvedAt is null and coalesce(edited, text) <> ?',
  )
  const approve = database.prepare('update letter set approvedAt = ? where job = ? and approvedAt is null')
  const approved = database.prepare(`select ${columns} from letter where approvedAt is not null order by approvedAt desc limit 500`)
  const change = (job: number, text: string): void => void edit.run(text, Date.now(), job, text)
  return {
    keepLetter: ({ job, attempt, posting }: Made, { writer, recipient, text }: Pick<Letter, 'writer' | 'recipient' | 'text'>): void =>
      void put.run(job, attempt, posting, writer, recipient, text, Date.now()),
    lastLetter: (posting: string): Letter | null => (last.get(posting) as Letter | undefined) ?? null,
    letter: (job: number): Letter | null => (get.get(job) as Letter | undefined) ?? null,
    edit: change,
    /** As it is shown to the one who approves. */
    approve: (job: number, text: string): void =>
      whole(database, () => {
        change(job, text)
        approve.run(Date.now(), job)
      }),
    /** Newest first. */
    approved: (): Letter[] => approved.all() as unknown as Letter[],
  }
}

function whole(database: DatabaseSync, write: () => void): void {
  database.exec('begin immediate')
  try {
    write()
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

const tables = `
create table if not exists site (company text primary key, url text not null);
create table if not exists research (
  job integer primary key, attempt integer not null, posting text not null, pages integer not null, madeAt integer not null);
create index if not exists research_of on research (posting, job);
create table if not exists fact (
  job integer not null references research (job) on delete cascade, place integer not null,
  topic text not null, text text not null, source text not null, primary key (job, place)) without rowid;
create table if not exists letter (
  job integer primary key, attempt integer not null, posting text not null, writer text not null, recipient text, text text not null,
  madeAt integer not null, edited text, editedAt integer, approvedAt integer);
create index if not exists letter_of on letter (posting, job);
`
