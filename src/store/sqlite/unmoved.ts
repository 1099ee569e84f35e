// Whether a database file is still where it was opened. SQLite asks this itself of a database without a write-ahead log (SQLITE_READONLY_DBMOVED);
// with one it goes on in a file that nobody finds any more, and everything acknowledged then is lost.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { HoldfastError } from '../../core/errors.ts'

/** Another file may come to its place, or none; put back it is found again. */
export class DatabaseMoved extends HoldfastError {
  constructor(file: string, isGone: boolean) {
    const what = isGone ? 'was moved or deleted' : 'was replaced by another file'
    super('database_unavailable', `${file} ${what} while it was open: put it back, or restart what has it open.`)
  }
}

/** Called before each transaction: 2 µs, beside the sync of a commit. @throws DatabaseMoved */
export function staysIn(file: string): () => void {
  if (file === ':memory:') return () => {}
  const path = resolve(file)
  const opened = identityOf(path)
  return () => {
    const now = identityOf(path)
    if (now !== opened) throw new DatabaseMoved(path, now === null)
  }
}

function identityOf(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}
