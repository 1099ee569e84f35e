// I7: lines of a job are numbered 1..n over its attempts, and are what each attempt wrote, to the byte; of one that was cut off, a beginning of it.
// Of a log that was too long a range is out: one line stands for it, with exactly the lines and bytes that are missing.
import type { LogLine } from '../../../src/core/job.ts'
import { checkDropped, type Missing } from './check-dropped.ts'
import type { Tell } from './checker.ts'
import type { Evidence, JobRow } from './evidence.ts'
import { writtenBy } from './written.ts'

export function checkLines({ jobs, logs, stamps, attempts, touched, punchesHoles }: Evidence, tell: Tell): void {
  const whole = new Set(stamps.filter(({ what }) => what === 'stop').map(({ job, attempt }) => `${job}.${attempt}`))
  // What a function said last dies with its process.
  const inline = new Set(jobs.filter(({ kind }) => kind === 'inline').map(({ id }) => id))
  for (const { job, attempt, exitCode } of attempts) if (exitCode === null && inline.has(job)) whole.delete(`${job}.${attempt}`)
  for (const job of jobs) {
    const lines = logs.get(job.id) ?? []
    checkNumbers(job, lines, tell)
    const own = touched.has(job.id) ? lines.filter(isItsOwn) : lines
    const missing: Missing[] = []
    for (let attempt = 1; attempt <= job.attempts; attempt++)
      missing.push(...checkAttempt(job, { attempt, lines: own, isWhole: whole.has(`${job.id}.${attempt}`) }, tell))
    checkDropped(job, { lines, missing, punchesHoles }, tell)
  }
}

function checkNumbers(job: JobRow, lines: readonly LogLine[], tell: Tell): void {
  let last = 0
  // What stands for several has the last of their numbers.
  for (const { seq, lines: stoodFor = 1 } of lines) {
    if (seq !== last + stoodFor) tell('I7', `line ${last + stoodFor} of job ${job.id} has the number ${seq}`)
    last = seq
  }
  if (last !== job.logLines) tell('I7', `the last line of job ${job.id} has the number ${last}, and it has ${job.logLines}`)
}

// A shell tells when somebody kills its child.
function isItsOwn({ stream, text }: LogLine): boolean {
  return !(stream !== 'system' && /^(Killed|Terminated)$/.test(text))
}

interface Kept {
  attempt: number
  lines: readonly LogLine[]
  /** It came to its own end. */
  isWhole: boolean
}

/** What is not there of each stream. */
function checkAttempt(job: JobRow, { attempt, lines, isWhole }: Kept, tell: Tell): Missing[] {
  const expected = writtenBy(job, attempt)
  const drops = lines.flatMap(({ seq, lines: stoodFor }) => (stoodFor === undefined ? [] : [seq]))
  return (['stdout', 'stderr'] as const).map((stream) => {
    const name = `${stream} of attempt ${job.id}.${attempt}`
    const kept = lines.filter((line) => line.stream === stream && line.attempt === attempt && line.lines === undefined)
    const written = expected[stream]
    const missing: Missing = { stream, texts: [], isExact: true }
    let next = 0
    let before = 0
    for (const { seq, text } of kept) {
      const isBehindDrop = drops.some((drop) => drop > before && drop < seq)
      const at = isBehindDrop ? written.indexOf(text, next) : next
      const isCutOff = !isWhole && seq === kept.at(-1)?.seq && text !== '' && written[at]?.startsWith(text)
      if (at < 0 || (written[at] !== text && !isCutOff)) {
        tell('I7', `line ${next + 1} of ${name} is "${text.slice(0, 80)}"`)
        return missing
      }
      missing.texts.push(...written.slice(next, at))
      next = at + 1
      before = seq
    }
    const isEndOut = drops.some((drop) => drop > before)
    if (isEndOut && isWhole) missing.texts.push(...written.slice(next))
    else if (isEndOut) missing.isExact = false
    else if (isWhole && next !== written.length) tell('I7', `${name} has ${next} lines, and it wrote ${written.length}`)
    return missing
  })
}
