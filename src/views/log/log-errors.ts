// The next and the previous error of a log: where a stretch of stderr begins, and the line that the failure names. Asks the server, because it may be
// anywhere in millions of lines. Not by words: a text that says "error" is often none.
import type { LoadLog } from './log-window.ts'

const someLines = 500
/** A stretch of stderr may be long; a log that is nothing else has no next one. */
const mostPages = 40

/** `from`: the line where the reader stands. `reason`: the line that the failure names. Null: there is none. */
export async function nextError(load: LoadLog, from: number, reason: number | null): Promise<number | null> {
  let last = from
  for (let pages = 0; pages < mostPages; pages++) {
    const { lines } = await load({ after: last, stream: ['stderr'], limit: someLines })
    const begin = lines.find(({ seq }, place) => seq !== (place === 0 ? last : (lines[place - 1]?.seq ?? 0)) + 1)
    const end = begin?.seq ?? lines.at(-1)?.seq ?? Number.POSITIVE_INFINITY
    if (reason !== null && reason > from && reason <= end) return reason
    if (begin !== undefined) return begin.seq
    if (lines.length < someLines) return null
    last = lines.at(-1)?.seq ?? last
  }
  return null
}

export async function previousError(load: LoadLog, from: number, reason: number | null): Promise<number | null> {
  let found: number | null = null
  for (let pages = 0; pages < mostPages; pages++) {
    const { lines } = await load({ before: found ?? from, stream: ['stderr'], limit: someLines })
    // Back to where the stretch of the last of them begins.
    for (const { seq } of lines.toReversed()) {
      if (found !== null && seq !== found - 1) return later(found, reason, from)
      found = seq
    }
    if (lines.length < someLines) break
  }
  return later(found, reason, from)
}

function later(found: number | null, reason: number | null, from: number): number | null {
  return reason !== null && reason < from && reason > (found ?? 0) ? reason : found
}
