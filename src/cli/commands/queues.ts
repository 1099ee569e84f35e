// holdfast queues, kinds and runners, and what is set of a queue or a kind: pause, resume, set-concurrency.
import type { KindView, QueueView, RunnerView } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { dayTime } from '../artifact-words.ts'
import { paint, plain, table, thousands, userName } from '../output.ts'
import { type Connection, connect, type Place, tellTrouble } from '../place.ts'

export async function queues(options: Place): Promise<void> {
  await list(options, {
    look: ({ client }) => client.queues(),
    none: 'No queues',
    header: ['QUEUE', 'QUEUED', 'RUNNING', 'AT MOST', ''],
    row: queueRow,
  })
}

export async function kinds(options: Place): Promise<void> {
  await list(options, { look: ({ client }) => client.kinds(), none: 'No job types', header: ['KIND', 'TITLE', 'QUEUE', ''], row: kindRow })
}

export async function runners(options: Place): Promise<void> {
  const header = ['RUNNER', 'MACHINE', 'PID', 'SINCE', 'LOOKS AFTER', 'STARTS']
  await list(options, { look: ({ client }) => client.runners(), none: 'Nobody looks after jobs', header, row: runnerRow })
}

export async function pauseQueue(queue: string, options: Place): Promise<void> {
  await set(options, ({ client }) => client.pauseQueue(queue, asker()), queueWords)
}

export async function resumeQueue(queue: string, options: Place): Promise<void> {
  await set(options, ({ client }) => client.resumeQueue(queue, asker()), queueWords)
}

export async function setConcurrency(queue: string, text: string, options: Place): Promise<void> {
  if (text !== 'none' && !/^\d{1,9}$/.test(text))
    throw new HoldfastError('invalid_request', `"${text}" is not a number of jobs, or none for any number.`)
  await set(options, ({ client }) => client.setConcurrency(queue, text === 'none' ? null : Number(text)), queueWords)
}

export async function pauseKind(kind: string, options: Place): Promise<void> {
  await set(options, ({ client }) => client.pauseKind(kind, asker()), kindWords)
}

export async function resumeKind(kind: string, options: Place): Promise<void> {
  await set(options, ({ client }) => client.resumeKind(kind, asker()), kindWords)
}

interface Listing<View> {
  look: (place: Connection) => Promise<View[]>
  none: string
  header: string[]
  row: (view: View) => string[]
}

async function list<View>(options: Place, { look, none, header, row }: Listing<View>): Promise<void> {
  const place = await connect(options)
  try {
    await tellTrouble(place)
    const all = await look(place)
    if (options.json) console.log(JSON.stringify(all))
    else if (all.length === 0) console.log(`${none} in ${place.where}.`)
    else console.log(table([header.map((title) => paint('gray', title)), ...all.map(row)]))
  } finally {
    await place.close()
  }
}

async function set<View>(options: Place, act: (place: Connection) => Promise<View>, words: (view: View) => string): Promise<void> {
  const place = await connect(options)
  try {
    const view = await act(place)
    console.log(options.json ? JSON.stringify(view) : words(view))
  } finally {
    await place.close()
  }
}

function asker(): { by: string } {
  return { by: userName() ?? 'cli' }
}

function queueRow(view: QueueView): string[] {
  const { queue, queued, running, concurrency } = view
  return [plain(queue), thousands(queued), thousands(running), concurrency === null ? 'any' : String(concurrency), paused(view)]
}

function kindRow(view: KindView): string[] {
  const { kind, title, queue, isDefined } = view
  return [plain(kind), plain(title), plain(queue ?? '–'), paused(view) || (isDefined ? '' : paint('gray', 'known from its jobs only'))]
}

function runnerRow({ id, hostId, pid, startedAt, isAlive, jobs, kinds: starts }: RunnerView): string[] {
  const name = isAlive ? paint('green', `● ${id.slice(0, 8)}`) : paint('gray', `○ ${id.slice(0, 8)} gone`)
  const numbers = jobs.length === 0 ? '–' : jobs.length > 5 ? `${jobs.slice(0, 5).join(', ')} and ${jobs.length - 5} more` : jobs.join(', ')
  return [name, hostId.slice(0, 8), String(pid), dayTime(startedAt), numbers, plain(starts.join(', ') || 'nothing new')]
}

function queueWords(view: QueueView): string {
  const { queue, concurrency, queued, running } = view
  const most = concurrency === null ? 'any number at a time' : `at most ${concurrency} at a time`
  return `${plain(queue)}  ${paused(view) || most}  ${thousands(queued)} queued, ${thousands(running)} running`
}

function kindWords(view: KindView): string {
  return `${plain(view.kind)}  ${paused(view) || 'its jobs are started again'}`
}

function paused({ pausedAt, pausedBy }: QueueView | KindView): string {
  return pausedAt === null ? '' : paint('yellow', `paused${pausedBy === null ? '' : ` by ${plain(pausedBy)}`}`)
}
