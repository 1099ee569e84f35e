// The app's own tables, in its own SQLite file: what was found, what was written. Each row stands under the number of the job that made
// it, so that a second attempt replaces what the first one wrote, and never adds to it. Knows no Holdfast and no page.
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { HoldfastError, type WhenFreeOptions, whenFree } from 'holdfast'

// A type and no interface, because a job saves it as a checkpoint, which is JSON.
export type Fact = {
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

/** What a site said. */
export type Found = Pick<Research, 'pages' | 'facts'>

export interface Letter {
  job: number
  posting: string
  /** Who wrote it: a model's name, or the templates. */
  writer: string
  recipient: string | null
  /** As it was written, or as somebody has changed it. */
  text: string
  /** Another text, another version. */
  version: string
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

/** What somebody makes of a letter that he saw as `version`. */
export interface Change {
  text: string
  version: string
  isApproval: boolean
}

export interface Changed {
  /** As it stands now. */
  letter: Letter
  /** False when it was changed or approved by somebody else meanwhile: then nothing was done. */
  isDone: boolean
}

/** `otherwise`: what is thrown instead when the tables were held for too long. */
export interface Patience extends WhenFreeOptions {
  otherwise?: () => Error
}

export type Results = Awaited<ReturnType<typeof openResults>>

/** The jobs write from processes of their own while the app reads and writes: every call waits, as long as `patience` says, for what another one holds. */
export async function openResults(path: string, patience: Patience) {
  const access: Access = (use) =>
    whenFree(use, patience).catch((error: unknown) => {
      throw isRetryable(error) && patience.otherwise ? patience.otherwise() : error
    })
  const database = await access(() => openTables(path))
  return { ...sites(database, access), ...research(database, access), ...letters(database, access), close: () => database.close() }
}

type Access = <T>(use: () => T) => Promise<T>

const isRetryable = (error: unknown): boolean => error instanceof HoldfastError && error.retryable

/** Nothing is written where the tables are there. */
function openTables(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec(`pragma journal_mode = wal; pragma foreign_keys = on; ${tables}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Where the companies' sites are. They move when the app is started on another port; a job reads it when it needs it. */
function sites(database: DatabaseSync, access: Access) {
  const put = database.prepare('insert into site (company, url) values (?, ?) on conflict (company) do update set url = excluded.url')
  const get = database.prepare('select url from site where company = ?')
  const siteOf = (company: string) => (get.get(company) as { url: string } | undefined)?.url ?? null
  return {
    siteOf: (company: string): Promise<string | null> => access(() => siteOf(company)),
    putSite: (company: string, url: string): Promise<void> =>
      access(() => {
        if (siteOf(company) !== url) put.run(company, url)
      }),
  }
}

function research(database: DatabaseSync, access: Access) {
  const put = database.prepare(`insert into research (job, attempt, posting, pages, madeAt) values (?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, pages = excluded.pages, madeAt = excluded.madeAt
    where excluded.attempt >= attempt returning job`)
  const clear = database.prepare('delete from fact where job = ?')
  const add = database.prepare('insert into fact (job, place, topic, text, source) values (?, ?, ?, ?, ?)')
  const last = database.prepare('select job, posting, pages, madeAt from research where posting = ? order by job desc limit 1')
  const facts = database.prepare('select topic, text, source from fact where job = ? order by place')
  const keep = ({ job, attempt, posting }: Made, found: Found) =>
    whole(database, () => {
      // Nothing comes back where a later attempt was here before.
      if (put.get(job, attempt, posting, found.pages, Date.now()) === undefined) return
      clear.run(job)
      for (const [place, { topic, text, source }] of found.facts.entries()) add.run(job, place, topic, text, source)
    })
  return {
    /** All of it or nothing. */
    keepResearch: (made: Made, found: Found): Promise<void> => access(() => keep(made, found)),
    lastResearch: (posting: string): Promise<Research | null> =>
      access(() => {
        const row = last.get(posting) as Omit<Research, 'facts'> | undefined
        return row === undefined ? null : { ...row, facts: facts.all(row.job) as unknown as Fact[] }
      }),
  }
}

function letters(database: DatabaseSync, access: Access) {
  const columns = 'job, posting, writer, recipient, coalesce(edited, text) as text, madeAt, editedAt, approvedAt'
  const put = database.prepare(`insert into letter (job, attempt, posting, writer, recipient, text, madeAt) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, writer = excluded.writer, recipient = excluded.recipient,
      text = excluded.text, madeAt = excluded.madeAt
    where excluded.attempt >= attempt and approvedAt is null`)
  const last = database.prepare(`select ${columns} from letter where posting = ? order by job desc limit 1`)
  const get = database.prepare(`select ${columns} from letter where job = ?`)
  const edit = database.prepare('update letter set edited = ?, editedAt = ? where job = ?')
  const approve = database.prepare('update letter set approvedAt = ? where job = ?')
  const approved = database.prepare(`select ${columns} from letter where approvedAt is not null order by approvedAt desc limit 500`)
  const change = (job: number, { text, version, isApproval }: Change): Changed | null =>
    whole(database, () => {
      const letter = asLetter(get.get(job))
      if (letter === null) return null
      const isSame = letter.text === text
      // Who asks for what is there already is content, whatever he has seen.
      if (letter.approvedAt !== null || (!isSame && letter.version !== version)) return { letter, isDone: isSame }
      if (!isSame) edit.run(text, Date.now(), job)
      if (isApproval) approve.run(Date.now(), job)
      return { letter: asLetter(get.get(job)) ?? letter, isDone: true }
    })
  return {
    keepLetter: ({ job, attempt, posting }: Made, { writer, recipient, text }: Pick<Letter, 'writer' | 'recipient' | 'text'>) =>
      access(() => void put.run(job, attempt, posting, writer, recipient, text, Date.now())),
    lastLetter: (posting: string): Promise<Letter | null> => access(() => asLetter(last.get(posting))),
    letter: (job: number): Promise<Letter | null> => access(() => asLetter(get.get(job))),
    /** Saves what somebody typed, or approves it as it was shown to him; null where there is no such letter. */
    change: (job: number, wanted: Change): Promise<Changed | null> => access(() => change(job, wanted)),
    /** Newest first. */
    approved: (): Promise<Letter[]> => access(() => approved.all().flatMap((row) => asLetter(row) ?? [])),
  }
}

function asLetter(row: unknown): Letter | null {
  if (row === undefined) return null
  const letter = row as Omit<Letter, 'version'>
  return { ...letter, version: createHash('sha256').update(letter.text).digest('base64url').slice(0, 16) }
}

function whole<T>(database: DatabaseSync, write: () => T): T {
  database.exec('begin immediate')
  try {
    const written = write()
    database.exec('commit')
    return written
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
