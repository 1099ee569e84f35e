// How people use bookapp for an hour, with a language model that is busy, cuts the line, falls silent and answers nonsense; and what must hold:
// a book that can be read is whole, and there is one edition of it for each job that succeeded.
import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Use, World } from '../../hour/use.ts'
import { artifactOf, readBook, readChapter } from '../book.ts'
import { bookFault } from '../output/assemble.ts'
import { type Fault, openChatServer } from './chat-server.ts'

const faults: readonly Fault[] = ['cut', 'silent', 'broken', 'nonsense', { status: 503 }, { status: 429, headers: { 'retry-after': '4' } }]

const use: Use = {
  async open() {
    const chat = await openChatServer()
    chat.failWith(() => (Math.random() < 0.12 ? (faults[Math.floor(Math.random() * faults.length)] ?? null) : null))
    const times = { BOOKAPP_ANSWER_SECONDS: '3', BOOKAPP_PAUSE_SECONDS: '0.2', BOOKAPP_WAIT_SECONDS: '2', BOOKAPP_AT_ONCE: '3' }
    return { environment: { OPENAI_BASE_URL: chat.url, OPENAI_MODEL: 'loopback', ...times }, close: async () => chat.close() }
  },

  async act(world) {
    const share = world.random()
    if (share < 0.3) await order(world)
    else if (share < 0.5) await change(world)
    else if (share < 0.65) await goOn(world)
    else await read(world)
  },

  check: async (world) => brokenBooks(world.data),

  async finish(world, jobs) {
    const broken = brokenBooks(world.data)
    for (const name of new Set(jobs.flatMap(({ artifacts }) => artifacts))) {
      const succeeded = jobs.filter(({ state, artifacts }) => state === 'succeeded' && artifacts.includes(name)).length
      const { kept } = (await (await world.ask(`/holdfast/api/v1/artifacts/${name}`)).json()) as { kept: { number: number }[] }
      const editions = Math.max(0, ...kept.map(({ number }) => number))
      if (editions !== succeeded) broken.push(`I8: ${succeeded} jobs succeeded for ${name}, and it has ${editions} editions`)
    }
    return broken
  },
}

export default use

/** As the form does, sometimes twice. */
async function order(world: World): Promise<void> {
  const number = () => Math.floor(world.random() * 36 ** 6)
  const id = `order-${number().toString(36).padStart(6, '0')}`
  const asked = {
    id,
    title: `Tide ${number() % 1_000}`,
    chapters: `${1 + (number() % 5)}`,
    words: '60',
    books: world.random() < 0.2 ? '2' : '1',
  }
  const headers = { origin: world.url, accept: 'application/json' }
  const send = async () => {
    const answer = await world.ask('/books', { method: 'POST', body: new URLSearchParams(asked), headers })
    return (await answer.json()) as { job: number }
  }
  const { job } = await send()
  world.acknowledged(job)
  if (world.random() < 0.3) world.acknowledged((await send()).job)
}

/** Has a chapter written anew, or the files made again. */
async function change(world: World): Promise<void> {
  const ids = publishedIn(world.data)
  if (ids.length === 0) return
  const book = world.pick(ids)
  const [kind, input] =
    world.random() < 0.7 ? (['rewrite-chapter', { book, chapter: 1 }] as const) : (['regenerate-artifacts', { book }] as const)
  await askedFor(async () => {
    const { job } = await world.client.submit(kind, input)
    world.acknowledged(job.id)
  })
}

/** Presses Resume where a card offers it, or cancels what runs. */
async function goOn(world: World): Promise<void> {
  const { jobs } = await world.client.list({ state: ['failed', 'interrupted'], limit: 20 })
  if (jobs.length > 0) return void (await askedFor(() => world.client.resume(world.pick(jobs).id)))
  const { jobs: running } = await world.client.list({ state: ['running'], limit: 20 })
  if (running.length > 0 && world.random() < 0.3) await askedFor(() => world.client.cancel(world.pick(running).id))
}

/** Somebody else may have been faster. */
async function askedFor(ask: () => Promise<unknown>): Promise<void> {
  await ask().catch((error) => {
    if (!['active_exists', 'wrong_state'].includes((error as { code?: string }).code ?? '')) throw error
  })
}

async function read(world: World): Promise<void> {
  const shelf = await (await world.ask('/')).text()
  if (!shelf.includes('<h1>Shelf</h1>')) throw new Error('the shelf is no shelf')
  const ids = publishedIn(world.data)
  if (ids.length === 0) return
  const id = world.pick(ids)
  for (const path of [`/books/${id}`, `/books/${id}/1`, `/books/${id}/book.epub`]) {
    const answer = await world.ask(path)
    if (answer.status !== 200) throw new Error(`${path} of a published book answers ${answer.status}`)
    await answer.arrayBuffer()
  }
}

function publishedIn(data: string): string[] {
  return linksIn(data).map((name) => name.slice(artifactOf('').length))
}

function brokenBooks(data: string): string[] {
  return linksIn(data).flatMap((name) => {
    const folder = realpathSync(join(data, 'current', name))
    const book = readBook(folder)
    const fault = bookFault(folder)
    if (fault !== null) return [`I8: half a book: ${name}: ${fault}`]
    const cut = book.chapters.findIndex((_, index) => !isWhole(readChapter(folder, index + 1)))
    return cut === -1 ? [] : [`S2.8: chapter ${cut + 1} of ${name} is a piece of an answer`]
  })
}

/** As the loopback model answers: four paragraphs, the last of them to its end. */
const isWhole = (text: string): boolean => text.match(/Paragraph \d\./g)?.length === 4 && text.endsWith('as it had been.')

function linksIn(data: string): string[] {
  try {
    return readdirSync(join(data, 'current')).filter((name) => name.startsWith(artifactOf('')))
  } catch {
    // Nothing was published yet.
    return []
  }
}
