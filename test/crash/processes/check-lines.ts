// I7: lines of a job are numbered 1..n over its attempts, and are what each attempt wrote, to the byte; of one that was cut off, a beginning of it.
import type { LogLine } from '../../../src/core/job.ts'
import type { Tell } from './checker.ts'
import type { Evidence, JobRow } from './evidence.ts'

export function checkLines({ jobs, logs, stamps, attempts, touched }: Evidence, tell: Tell): void {
  const whole = new Set(stamps.filter(({ what }) => what === 'stop').map(({ job, attempt }) => `${job}.${attempt}`))
  // What a function said last dies with its process.
  const inline = new Set(jobs.filter(({ kind }) => kind === 'inline').map(({ id }) => id))
  for (const { job, attempt, exitCode } of attempts) if (exitCode === null && inline.has(job)) whole.delete(`${job}.${attempt}`)
  for (const job of jobs) {
    const lines = logs.get(job.id) ?? []
    const gap = lines.findIndex(({ seq }, index) => seq !== index + 1)
    if (gap >= 0) tell('I7', `line ${gap + 1} of job ${job.id} has the number ${lines[gap]?.seq}`)
    for (let attempt = 1; attempt <= job.attempts; attempt++)
      checkAttempt(
        job,
        { attempt, lines: touched.has(job.id) ? lines.filter(isItsOwn) : lines, isWhole: whole.has(`${job.id}.${attempt}`) },
        tell,
      )
  }
}

// A shell tells when somebody kills its child.
function isItsOwn({ stream, text }: LogLine): boolean {
  return !(stream === 'stderr' && /^(Killed|Terminated)$/.test(text))
}

interface Written {
  attempt: number
  lines: readonly LogLine[]
  /** It came to its own end. */
  isWhole: boolean
}

function checkAttempt(job: JobRow, { attempt, lines, isWhole }: Written, tell: Tell): void {
  const most = job.kind === 'stubborn' || job.kind === 'timed' ? 600 : job.asked.lines
  const expected = {
    stdout: Array.from({ length: most }, (_, index) => `${job.id}.${attempt} line ${index + 1}`),
    stderr: Array.from(
      { length: job.kind === 'inline' ? 0 : Math.floor(most / 3) },
      (_, index) => `${job.id}.${attempt} note ${3 * (index + 1)}`,
    ),
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const written = lines.filter((line) => line.stream === stream && line.attempt === attempt).map(({ text }) => text)
    const wrong = written.findIndex((text, index) => text !== expected[stream][index])
    const name = `${stream} of attempt ${job.id}.${attempt}`
    if (wrong >= 0) tell('I7', `line ${wrong + 1} of ${name} is "${written[wrong]}"`)
    else if (isWhole && written.length !== expected[stream].length)
      tell('I7', `${name} has ${written.length} lines, and it wrote ${expected[stream].length}`)
  }
}
