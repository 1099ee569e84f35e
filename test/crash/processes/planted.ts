// A small campaign in which nothing is wrong, and ways to break each promise in it: what the checker must find.
import type { LogLine } from '../../../src/core/job.ts'
import type { Change } from './database.ts'
import type { Evidence, JobRow } from './evidence.ts'
import { padding } from './kinds.ts'

const asked = { lines: 3, pause: 0, exit: 0, goodAt: 1, locks: [{ key: 'door', mode: 'exclusive' as const }] }
const change = (job: number, from: string | null, to: string, token: number): Change => ({
  ...{ job, from, to, token, tokenFrom: to === 'running' ? token - 1 : token, at: job * 1_000 },
  ...{ attempts: 1, runner: to === 'running' ? 'one' : null },
})
const line = (seq: number, stream: LogLine['stream'], text: string): LogLine => ({ seq, attempt: 1, stream, at: 0, text })
const linesOf = (job: number): LogLine[] => {
  const end = job === 3 ? ` ${padding}` : ''
  const lines = [1, 2, 3].map((number) => line(number + 1, 'stdout', `${job}.1 line ${number}${end}`))
  const all = [line(1, 'system', 'started'), ...lines, line(5, job === 4 ? 'stdout' : 'stderr', `${job}.1 note 3${end}`)]
  const dropped = '2 lines, 7,824 bytes of stdout and 0 bytes of stderr dropped here: the log is longer than 1 MiB'
  return job === 3
    ? all.flatMap((one) => (one.seq === 2 ? [] : one.seq === 3 ? [{ ...line(3, 'system', dropped), lines: 2 }] : [one]))
    : all
}
const kinds = ['work', 'index', 'bounded', 'merged']

/** Jobs one after the other, with the same key; the second publishes, of the third's log the middle is out, the fourth writes into one stream. */
export function clean(): Evidence {
  const ids = [1, 2, 3, 4]
  return {
    answers: ids.map((job) => ({ what: 'submitted', job })),
    stamps: ids.flatMap((job) => [
      { what: 'start' as const, job, attempt: 1, pid: job, code: null },
      { what: 'stop' as const, job, attempt: 1, pid: job, code: 0 },
    ]),
    changes: ids.flatMap((job) => [
      change(job, null, 'queued', 0),
      change(job, 'queued', 'running', 1),
      change(job, 'running', 'succeeded', 1),
    ]),
    jobs: ids.map((id) => ({
      id,
      kind: kinds[id - 1] ?? '',
      state: 'succeeded' as const,
      attempts: 1,
      exitCode: 0,
      stopReason: null,
      failureKind: null,
      logLines: 5,
      asked,
    })),
    attempts: ids.map((job) => ({ job, attempt: 1, exitCode: 0, runner: 'one', recordedAt: 1 })),
    logs: new Map(ids.map((id) => [id, linesOf(id)])),
    snapshots: [{ artifact: 'index', number: 1, job: 2, isCurrent: true, contents: ['a 2.1', 'b 2.1', 'c 2.1'] }],
    punchesHoles: true,
    touched: new Set(),
    torn: [],
    stuck: [],
    bystander: 'lives',
    left: [],
    crashes: [],
  }
}

type Break = (evidence: Evidence) => void

/** Promise, what is wrong, and how it comes into the evidence. */
export const planted: readonly (readonly [string, string, Break])[] = [
  ['I1', 'an acknowledged job is not there', ({ answers }) => answers.push({ what: 'submitted', job: 5 })],
  ['I1', 'a job never settles', ({ jobs }) => void Object.assign(jobs[0] ?? {}, { state: 'running' })],
  ['I3', 'two jobs live with one exclusive key', ({ stamps }) => stamps.push(...stamps.splice(1, 1))],
  ['I3', 'a child outlives the key', ({ stamps }) => stamps.splice(3, 0, { what: 'beat', job: 1, attempt: 1, pid: 9, code: null })],
  ['I4', 'an attempt starts twice', ({ stamps }) => stamps.splice(1, 0, { what: 'start', job: 1, attempt: 1, pid: 9, code: null })],
  ['I4', 'something starts that is not recorded', ({ stamps }) => stamps.push({ what: 'start', job: 2, attempt: 2, pid: 9, code: null })],
  ['I4', 'more attempts than the policy allows', ({ jobs }) => void Object.assign(jobs[0] ?? {}, { attempts: 2 })],
  ['I5', 'a settled job settles again', ({ changes }) => changes.push(change(1, 'succeeded', 'failed', 1))],
  ['I5', 'a settled job is tried again, and nobody asked', ({ changes }) => changes.push(change(1, 'succeeded', 'queued', 1))],
  ['I5', 'another exit code than the job had', ({ attempts }) => void Object.assign(attempts[0] ?? {}, { exitCode: 3 })],
  ['I1 I5', 'a runner that was killed changes how a job ends', ({ jobs }) => void Object.assign(jobs[0] ?? {}, { state: 'interrupted' })],
  ['I6', 'an older lease token wins', ({ changes }) => changes.push({ ...change(1, 'running', 'running', 1), tokenFrom: 2 })],
  ['I7', 'a line is lost', (evidence) => withLines(evidence, (lines) => lines.filter(({ seq }) => seq !== 3))],
  ['I7', 'the last line is lost', (evidence) => withLines(evidence, (lines) => lines.slice(0, -1))],
  ['I7', 'a line is doubled', (evidence) => withLines(evidence, (lines) => [...lines, { ...lines[1], seq: 6 } as (typeof lines)[number]])],
  [
    'I7',
    'a line is not what was written',
    (evidence) => withLines(evidence, ([first, ...rest]) => [{ ...first, stream: 'stdout' } as (typeof rest)[number], ...rest]),
  ],
  ['I7', 'more bytes are out than is told', (evidence) => withLines(evidence, tellOf('2 lines, 7,823 bytes'))],
  ['I7', 'fewer lines are out than is told', (evidence) => withLines(evidence, tellOf('3 lines, 7,824 bytes'))],
  ['I7', 'what is out is told of nowhere', (evidence) => withLines(evidence, (lines) => lines.filter(({ lines: many }) => !many))],
  [
    'I7',
    'two lines stand for what is out',
    (evidence) => withLines(evidence, (lines) => lines.flatMap((one) => (one.lines ? [one, one] : [one]))),
  ],
  [
    'I7',
    'the middle of a long log is not taken out',
    (evidence) => {
      for (const job of evidence.jobs) if (job.kind === 'bounded') Object.assign(job, { asked: { ...asked, lines: 300 }, logLines: 400 })
      Object.assign(evidence, { logs: new Map([...evidence.logs, [3, manyLines(300)]]) })
    },
  ],
  [
    'I7',
    'the order between two streams that are one is not kept',
    (evidence) => withLines(evidence, (lines) => lines.map((one) => ({ ...one, text: swapped[one.text] ?? one.text }))),
  ],
  ['I11', 'a job that takes too much is stopped for something else', ({ jobs }) => void Object.assign(jobs[0] ?? {}, stoppedWrong)],
  ['I1 I5', 'a job that takes too much is left alone', ({ jobs }) => void Object.assign(jobs[0] ?? {}, { kind: 'hungry' })],
  ['I8', 'a snapshot is of a job that failed', ({ snapshots }) => void Object.assign(snapshots[0] ?? {}, { job: 1, contents: ['a 1.1'] })],
  ['I8', 'a file of the current snapshot is missing', ({ snapshots }) => snapshots[0]?.contents.pop()],
  [
    'I8',
    'an older snapshot is the current one',
    ({ snapshots }) => snapshots.push({ ...snapshots[0], number: 2, isCurrent: false } as (typeof snapshots)[number]),
  ],
  [
    'I8',
    'what was asked for earlier takes the place of what was asked for later',
    ({ snapshots }) => {
      const [later] = snapshots.splice(0, 1, {
        artifact: 'index',
        number: 1,
        job: 2,
        isCurrent: false,
        contents: ['a 2.1', 'b 2.1', 'c 2.1'],
      })
      if (later) snapshots.push({ ...later, number: 2, job: 1, contents: ['a 1.1', 'b 1.1', 'c 1.1'] })
    },
  ],
  ['I8', 'a reader saw a mixed one', (evidence) => void Object.assign(evidence, { torn: ['mixed'] })],
  ['I1 I11', 'a job that does not end', (evidence) => void Object.assign(evidence, { stuck: [1] })],
  ['I12', 'the bystander is gone', (evidence) => void Object.assign(evidence, { bystander: 'was signalled' })],
  ['I13', 'a process is left', ({ left }) => left.push('process 9')],
  ['no crash', 'a runner ends by itself', ({ crashes }) => crashes.push('the runner 9 ended by itself')],
]

type Lines = LogLine[]

const stoppedWrong = { kind: 'hungry', state: 'failed', failureKind: 'exit' } satisfies Partial<JobRow>
const swapped: Partial<Record<string, string>> = { '4.1 line 3': '4.1 note 3', '4.1 note 3': '4.1 line 3' }

function tellOf(words: string): (lines: Lines) => Lines {
  return (lines) => lines.map((one) => (one.lines ? { ...one, text: one.text.replace('2 lines, 7,824 bytes', words) } : one))
}

/** A log beyond its bound, of which nothing is out. */
function manyLines(count: number): Lines {
  const texts = Array.from({ length: count }, (_, index) => [`line ${index + 1}`, ...((index + 1) % 3 === 0 ? [`note ${index + 1}`] : [])])
  return texts.flat().map((text, index) => line(index + 1, text.startsWith('line') ? 'stdout' : 'stderr', `3.1 ${text} ${padding}`))
}

function withLines(evidence: Evidence, changed: (lines: Lines) => Lines): void {
  Object.assign(evidence, { logs: new Map([...evidence.logs].map(([id]) => [id, changed(linesOf(id))])) })
}
