// A web app of the campaign: submits, cancels and retries, and writes down each answer when it has it. Told how many to submit; may be killed at any moment.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoldfastError, openHoldfast } from '../../../src/index.ts'
import { seeded } from '../seeded.ts'
import { type Asked, artifacts, type Folders, kindsFor } from './kinds.ts'

export const answersFile = 'answers'

type Random = () => number

if (import.meta.main) {
  const folders: Folders & { seed: number } = JSON.parse(process.argv[2] ?? '')
  const random = seeded(folders.seed)
  // Whoever is frozen in the middle of a commit keeps the database longer than a caller waits.
  const holdfast = await patiently(() => openHoldfast({ data: folders.data, kinds: kindsFor(folders), runner: false }))
  const answer = (text: string) => appendFileSync(join(folders.root, answersFile), `${text}\n`)

  const act = async () => {
    const { kind, asked } = wish(random)
    const { job } = await patiently(() => holdfast.submit(kind, asked))
    answer(`submitted ${job.id}`)
    // Nobody else ends those.
    if (kind === 'stubborn' || random() < 0.04) void cancelSoon(job.id)
    if (random() < 0.02) void retryOne()
  }
  const cancelSoon = async (id: number) => {
    for await (const job of holdfast.watch(id)) if (job.state !== 'queued' || random() < 0.2) break
    await patiently(() => holdfast.cancel(id, { by: 'ana' }))
    answer(`cancelled ${id}`)
  }
  const retryOne = async () => {
    const [failed] = (await holdfast.list({ state: ['failed', 'interrupted', 'cancelled'], limit: 1 })).jobs
    if (!failed || failed.kind === 'stubborn') return
    // It may be done also when nobody hears the answer.
    answer(`retrying ${failed.id}`)
    await holdfast.retry(failed.id, { by: 'ana' }).catch((error) => {
      if (!(error instanceof HoldfastError)) throw error
    })
  }
  process.on('message', async (count: number) => {
    await Promise.all(Array.from({ length: count }, act))
    process.send?.('done')
  })
  process.on('disconnect', () => process.exit())
  process.send?.('open')
}

/** As a user who is told to try again. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'database_busy')) throw error
    }
  }
}

function wish(random: Random): { kind: string; asked: Asked } {
  const kind = pick(random, kindsAsked)
  const isLong = random() < 0.08
  const locks = kind === 'stubborn' ? [lockOf(random)] : Array.from({ length: Math.floor(random() * 2.5) }, () => lockOf(random))
  const asked: Asked = {
    lines: (kind === 'bounded' ? 300 : 0) + (isLong ? 10 + Math.floor(random() * 25) : Math.floor(random() * 40)),
    pause: isLong ? 0.1 : 0,
    exit: (kind === 'work' || kind === 'merged') && random() < 0.1 ? 3 : 0,
    goodAt: 1 + Math.floor(random() * 4),
    locks: [...new Map(locks.map((lock) => [lock.key, lock])).values()],
  }
  return { kind, asked }
}

/** As often as each is named. */
const kindsAsked = [
  ...new Array<string>(48).fill('work'),
  ...new Array<string>(12).fill('again'),
  ...artifacts,
  ...artifacts,
  'leaver',
  'leaver',
  'stubborn',
  'module',
  'patient',
  'timed',
  ...new Array<string>(4).fill('merged'),
  ...new Array<string>(3).fill('bounded'),
  'hungry',
  'busy',
  ...new Array<string>(4).fill('inline'),
]

function lockOf(random: Random): Asked['locks'][number] {
  return { key: `key-${Math.floor(random() * 16)}`, mode: random() < 0.4 ? 'exclusive' : 'shared' }
}

function pick<T>(random: Random, from: readonly [T, ...T[]] | readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}
