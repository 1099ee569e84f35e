// Every element in every state, as data.
import { HoldfastClientError } from '../../../src/client/client-error.ts'
import type { ActiveJob, Activity, ArtifactView, KindActivity, LogLine } from '../../../src/client/index.ts'
import type { Standing } from '../../../src/live/live.ts'
import * as has from './jobs.ts'

export interface Known {
  standing?: Partial<Standing>
  activity?: Activity
  jobs?: ActiveJob[]
  kinds?: KindActivity[]
  artifacts?: ArtifactView[]
  /** What is known a moment later. */
  later?: Activity
  lines?: LogLine[]
}

export interface Story {
  tag: string
  title: string
  attributes: Record<string, string>
  known: Known
  /** Elements of the page inside it. */
  slot?: { tag: string; attributes: Record<string, string> }
}

const loading: Known = { standing: { state: 'loading', heardAt: null } }
const lost: Partial<Standing> = { state: 'lost', heardAt: has.ago(2, 7), retryAt: has.now + 5_400 }
const denied = (status: number, message: string, heardAt: number | null = has.ago(1)): Partial<Standing> => ({
  state: 'denied',
  heardAt,
  error: new HoldfastClientError({ code: status === 401 ? 'sign_in_required' : 'not_allowed', message, hint: null, status }),
})
const signedOut = denied(401, 'Sign in first.')
const viewer: Partial<Standing> = { role: 'viewer' }
const rebuild = { kind: 'rebuild-index' }

const starts: [title: string, known: Known, attributes?: Record<string, string>][] = [
  ['Loading', loading, { label: 'Rebuild index' }],
  ['Ready', { kinds: [has.kind()] }],
  ['Up to date', { kinds: [has.kind({ condition: 'succeeded', last: has.succeeded })] }],
  ['Required', { kinds: [has.kind({ condition: 'required', last: has.succeeded })] }],
  ['Running', { kinds: [has.kind({ condition: 'active', active: has.rebuilding })] }, { 'busy-label': 'Rebuilding…' }],
  ['Stalled', { kinds: [has.kind({ condition: 'stalled', active: { ...has.silent, uniqueKey: '*' } })] }],
  ['Waiting', { kinds: [has.kind({ condition: 'active', active: { ...has.waiting, uniqueKey: '*' } })] }, { label: 'Start reef-west' }],
  ['Cancelling', { kinds: [has.kind({ condition: 'active', active: { ...has.stopping, uniqueKey: '*' } })] }],
  ['The app says no', { kinds: [has.kind()] }, { reason: 'Extract frames has to finish first; it is at 71 %.', label: 'Detect faces' }],
  ['Not allowed', { kinds: [has.kind()], standing: viewer }, { label: 'Install server' }],
  ['Again, after a failure', { kinds: [has.kind({ condition: 'failed', last: has.failed })] }, { label: 'Rebuild' }],
  ['After an interruption', { kinds: [has.kind({ condition: 'failed', last: has.interrupted })] }, { label: 'Research again' }],
  ['Paused', { kinds: [has.kind({ pausedAt: has.ago(9), pausedBy: 'ben' })] }],
  ['Not connected', { kinds: [has.kind()], standing: lost }],
  ['Signed out', { kinds: [has.kind()], standing: signedOut }],
  ['No such job type', {}],
  ['Its app is away', { kinds: [has.kind({ isDefined: false })] }],
  ['Dangerous', { kinds: [has.kind()] }, { variant: 'danger', label: 'Wipe the index', confirm: 'Wipe the index?' }],
  ['Quiet', { kinds: [has.kind()] }, { variant: 'quiet', label: 'Rebuild now' }],
]

const byNumber = (job: ActiveJob): [Record<string, string>, Known] => [{ job: String(job.id) }, { jobs: [job] }]

const cards: [title: string, attributes: Record<string, string>, known: Known][] = [
  ['Loading', { job: '421' }, loading],
  ['Idle', rebuild, { kinds: [has.kind()] }],
  ['Queued', ...byNumber(has.queued)],
  ['Waiting for a key', ...byNumber(has.waiting)],
  ['Running, amount known', ...byNumber(has.rebuilding)],
  ['Running, amount unknown', ...byNumber(has.researching)],
  ['Running, nothing said', ...byNumber(has.job({ id: 424, heartbeatAt: null }))],
  ['Stalled', ...byNumber(has.silent)],
  ['Cancelling', ...byNumber(has.stopping)],
  ['Succeeded', ...byNumber(has.succeeded)],
  ['Failed', ...byNumber(has.failed)],
  ['Interrupted', ...byNumber(has.interrupted)],
  ['Cancelled', ...byNumber(has.cancelled)],
  ['Expired', ...byNumber(has.expired)],
  ['Not connected', { job: '421' }, { jobs: [has.rebuilding], standing: lost }],
  ['A viewer', { job: '421' }, { jobs: [has.rebuilding], standing: viewer }],
  ['Signed out in the middle', { job: '421' }, { jobs: [has.rebuilding], standing: signedOut }],
  ['Signed out', { job: '404' }, { standing: signedOut }],
  ['Forbidden', { job: '404' }, { standing: denied(403, 'You may not see this server.') }],
  ['Removed', { job: '12' }, {}],
  ['No such job type', { kind: 'nothing' }, {}],
  ['Compact', { job: '421', compact: '' }, { jobs: [has.rebuilding] }],
  ['With the tail of its log', { job: '421', log: 'tail' }, { jobs: [has.rebuilding], lines: lines() }],
  ['Hostile', { job: '666' }, { jobs: [hostile()] }],
]

const lineKinds: [KindActivity, Record<string, string>][] = [
  [has.kind({ condition: 'active', active: has.rebuilding, recent: has.recent(3) }), { label: 'Rebuild', 'busy-label': 'Rebuilding…' }],
  [has.kind({ kind: 'people', title: 'People', condition: 'required', last: has.succeeded, recent: has.recent(1) }), { label: 'Rebuild' }],
  [has.kind({ kind: 'watch', title: 'Watch events', condition: 'failed', last: has.failed, recent: has.recent(5) }), { label: 'Import' }],
  [
    has.kind({ kind: 'taste', title: 'Taste profile', condition: 'succeeded', last: has.succeeded, recent: has.recent(7) }),
    { label: 'Rebuild' },
  ],
  [has.kind({ kind: 'letter', title: 'Cover letter', unique: false }), { label: 'Draft', show: 'condition last next strip start' }],
  [
    has.kind({
      kind: 'extract-frames',
      condition: 'stalled',
      unique: true,
      active: { ...has.silent, uniqueKey: '*' },
      recent: has.recent(2),
    }),
    { label: 'Extract' },
  ],
]

const four = [has.silent, has.rebuilding, has.researching, has.waiting]
const ofActive = (jobs: ActiveJob[]): Known => ({ activity: has.activity(jobs) })
const just = (job: ActiveJob): Known => ({
  activity: has.activity([]),
  later: has.activity([], { settled: [{ ...job, finishedAt: has.now }] }),
})

const indicators: [title: string, attributes: Record<string, string>, known: Known][] = [
  ['Nothing active: not there', {}, ofActive([])],
  ['Nothing active, shown', { zero: 'show' }, ofActive([])],
  ['Two running', {}, ofActive([has.rebuilding, has.researching])],
  ['One waiting', {}, ofActive([has.waiting])],
  ['With its lines', { show: 'lines', noun: 'task tasks' }, ofActive([has.rebuilding, has.researching])],
  ['One is silent', {}, ofActive(four)],
  ['A new failure', {}, just(has.failed)],
  ['Not connected', {}, { ...ofActive([has.rebuilding]), standing: lost }],
  ['Signed out', {}, { ...ofActive([]), standing: signedOut }],
]

const build = {
  jobId: 421,
  kind: 'rebuild-index',
  state: 'running',
  fingerprint: 'minVotes 300',
  submittedBy: 'ana',
  submittedAt: has.ago(12),
  finishedAt: null,
  failure: null,
} as const
const requireds: [title: string, known: Known][] = [
  ['Required', { kinds: [has.kind({ condition: 'required', artifacts: ['films-index'] })], artifacts: [has.artifact()] }],
  [
    'Required, while it is built',
    {
      kinds: [has.kind({ condition: 'active', active: has.rebuilding, artifacts: ['films-index'] })],
      artifacts: [has.artifact({ condition: 'building', anotherRequired: true, building: build, reasons: ['Settings changed at 14:09.'] })],
    },
  ],
]

const toasts: [title: string, known: Known][] = [
  ['Succeeded', just(has.succeeded)],
  ['Failed', just(has.failed)],
  ['Interrupted', just(has.interrupted)],
  ['Stalled', { activity: has.activity([]), later: has.activity([has.silent]) }],
]

const logs: [title: string, attributes: Record<string, string>, known: Known][] = [
  ['Tail, following', { job: '421', lines: '3' }, { jobs: [has.rebuilding], lines: lines() }],
  ['Wrapped, five lines', { job: '421', lines: '5', wrap: '' }, { jobs: [has.rebuilding], lines: lines() }],
  ['Nothing written', { job: '421' }, { jobs: [has.rebuilding] }],
]

/** The story that an element's address stands for. */
export function storyAt(api: string): Story | undefined {
  return stories[Number(/\/(\d+)\/$/.exec(api)?.[1])]
}

export const stories: Story[] = [
  ...starts.map(
    ([title, known, attributes = {}]): Story => ({ tag: 'holdfast-start', title, attributes: { ...rebuild, ...attributes }, known }),
  ),
  ...cards.map(
    ([title, attributes, known]): Story => ({
      tag: 'holdfast-job',
      title,
      attributes,
      known,
      ...(title === 'Idle' && { slot: { tag: 'holdfast-start', attributes: { ...rebuild, slot: 'start' } } }),
    }),
  ),
  ...lineKinds.map(
    ([kind, attributes]): Story => ({
      tag: 'holdfast-kind',
      title: kind.condition,
      attributes: { kind: kind.kind, ...attributes },
      known: { kinds: [kind] },
    }),
  ),
  { tag: 'holdfast-kind', title: 'Loading', attributes: rebuild, known: loading },
  {
    tag: 'holdfast-kind',
    title: 'Not connected',
    attributes: rebuild,
    known: { kinds: [has.kind({ recent: has.recent(4) })], standing: lost },
  },
  { tag: 'holdfast-kind', title: 'No such job type', attributes: { kind: 'nothing' }, known: {} },
  ...indicators.map(([title, attributes, known]): Story => ({ tag: 'holdfast-indicator', title, attributes, known })),
  ...requireds.map(([title, known]): Story => ({ tag: 'holdfast-required', title, attributes: rebuild, known })),
  ...toasts.map(([title, known]): Story => ({ tag: 'holdfast-toasts', title, attributes: {}, known })),
  ...logs.map(([title, attributes, known]): Story => ({ tag: 'holdfast-log', title, attributes, known })),
]

function lines(): LogLine[] {
  const texts: [LogLine['stream'], string][] = [
    ['system', 'attempt 1 started'],
    ['stdout', '3,201 films'],
    ['stdout', '\u001b[32mok\u001b[0m  Four Weddings and a Funeral       \u001b[2m40 near\u001b[0m'],
    [
      'stderr',
      '\u001b[33mwarning:\u001b[0m no genre for "Mississippi Mermaid", which is taken as drama, as is every film of which nothing else is known',
    ],
    ['stdout', 'neighbours \u001b[36m████████\u001b[0m\u001b[2m░░░░░░░░░░\u001b[0m 1,344/3,201'],
  ]
  return texts.map(([stream, text], place) => ({ seq: 4_447 + place, attempt: 1, stream, at: has.ago(0, 10 - place), text }))
}

function hostile(): ActiveJob {
  const text = '<img src=x onerror=alert(1)>\u202egnp.exe\u0000"\'`{{7*7}}'
  return has.job({
    id: 666,
    name: `${text} ${'W'.repeat(120)}`,
    submittedBy: text,
    state: 'failed',
    finishedAt: has.ago(1),
    failure: { kind: 'error', message: text, hint: text, lastLines: [text], logSeq: 1 },
    progress: has.progress(text, [2, 3], { done: 1, total: 3, unit: text, message: text }),
  })
}
