// The app's own tables, in its own SQLite file: what was found, what was written. Each row stands under the number of the job that made
// it, so that a second attempt replaces what the first one wrote, and never adds to it. Knows no page.
import { DatabaseSync } from 'node:sqlite'
import { type JobContext, type WhenFreeOptions, whenFree } from 'holdfast/job'

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
  facts: Fact[]
  madeAt: number
}

export interface Letter {
  job: number
  posting: string
  /** Who wrote it: a model's name, or the templates. */
  writer: string
  recipient: string | null
  /** As it was written, or as somebody has changed it. */
  text: string
  /** One more with every other text. */
  version: number
  madeAt: number
  editedAt: number | null
  /** From then on it is not changed any more. */
  approvedAt: number | null
}

/** Of the job that writes. */
type Made = Pick<JobContext<{ posting: string }>, 'id' | 'attempt' | 'input'>

/** What somebody makes of a letter that he saw as `version`. */
export interface Change {
  text: string
  version: number
  isApproval: boolean
}

export interface Changed {
  /** As it stands now. */
  letter: Letter
  /** False when it was changed or approved by somebody else meanwhile: then nothing was done. */
  isDone: boolean
}

export type Results = Awaited<ReturnType<typeof openResults>>

/** The jobs write from processes of their own while the app reads and writes: every call waits, as long as `patience` says, for what another one holds. */
export async function openResults(path: string, patience: WhenFreeOptions) {
  const free: Free = (use) => whenFree(use, patience)
  const database = await free(() => openTables(path))
  return { ...research(database, free), ...letters(database, free), close: () => database.close() }
}

type Free = <T>(use: () => T) => Promise<T>

function openTables(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec(`pragma journal_mode = wal; ${tables}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function research(database: DatabaseSync, free: Free) {
  const keep = database.prepare(`insert into research (job, attempt, posting, pages, facts, madeAt) values (?, ?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, posting = excluded.posting, pages = excluded.pages,
      facts = excluded.facts, madeAt = excluded.madeAt
    where excluded.attempt >= attempt`)
  const last = database.prepare('select job, posting, pages, facts, madeAt from research where posting = ? order by job desc limit 1')
  return {
    keepResearch: ({ id, attempt, input }: Made, { pages, facts }: Pick<Research, 'pages' | 'facts'>) =>
      free(() => void keep.run(id, attempt, input.posting, pages, JSON.stringify(facts), Date.now())),
    lastResearch: async (posting: string): Promise<Research | null> => {
      const row = await free(() => last.get(posting))
      return row === undefined ? null : ({ ...row, facts: JSON.parse(String(row.facts)) } as Research)
    },
  }
}

function letters(database: DatabaseSync, free: Free) {
  const columns = 'job, posting, writer, recipient, text, version, madeAt, editedAt, approvedAt'
  // What a person has changed or approved stays, whatever the job does.
  const keep = database.prepare(`insert into letter (job, attempt, posting, writer, recipient, text, madeAt) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (job) do update set attempt = excluded.attempt, posting = excluded.posting, writer = excluded.writer,
      recipient = excluded.recipient, text = excluded.text, madeAt = excluded.madeAt, version = version + (text <> excluded.text)
    where excluded.attempt >= attempt and editedAt is null and approvedAt is null`)
  const get = database.prepare(`select ${columns} from letter where job = ?`)
  const last = database.prepare(`select ${columns} from letter where posting = ? order by job desc limit 1`)
  const all = database.prepare('select job from letter where posting = ? order by job')
  const approved = database.prepare(`select ${columns} from letter where approvedAt is not null
    order by approvedAt desc, job desc limit ? offset ?`)
  // Who asks for what is there already has seen it, whatever his version.
  const change = database.prepare(`update letter set text = :text, version = version + (text <> :text),
      editedAt = iif(text = :text, editedAt, :now), approvedAt = iif(:isApproval, :now, null)
    where job = :job and approvedAt is null and (version = :version or text = :text)`)
  const letter = async (job: number): Promise<Letter | null> => (await free(() => get.get(job) as Letter | undefined)) ?? null
  return {
    keepLetter: ({ id, attempt, input }: Made, { writer, recipient, text }: Pick<Letter, 'writer' | 'recipient' | 'text'>) =>
      free(() => void keep.run(id, attempt, input.posting, writer, recipient, text, Date.now())),
    letter,
    lastLetter: async (posting: string): Promise<Letter | null> => (await free(() => last.get(posting) as Letter | undefined)) ?? null,
    /** The numbers of all letters of a posting, the oldest first. */
    lettersOf: (posting: string): Promise<number[]> => free(() => all.all(posting).map(({ job }) => Number(job))),
    /** Newest first. */
    approved: (limit: number, from = 0): Promise<Letter[]> => free(() => approved.all(limit, from) as unknown as Letter[]),
    /** Saves what somebody typed, or approves it as it was shown to him; null where there is no such letter. */
    async change(job: number, { text, version, isApproval }: Change): Promise<Changed | null> {
      const { changes } = await free(() => change.run({ job, text, version, isApproval: Number(isApproval), now: Date.now() }))
      const now = await letter(job)
      return now && { letter: now, isDone: changes === 1 || now.text === text }
    },
  }
}

const tables = `
create table if not exists research (
  job integer primary key, attempt integer not null, posting text not null, pages integer not null, facts text not null, madeAt integer not null);
create index if not exists research_of on research (posting, job);
create table if not exists letter (
  job integer primary key, attempt integer not null, posting text not null, writer text not null, recipient text, text text not null,
  version integer not null default 1, madeAt integer not null, editedAt integer, approvedAt integer);
create index if not exists letter_of on letter (posting, job);
`
