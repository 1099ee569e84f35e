// How people use jobhunt for an hour, and what must hold: every result once and whole, every approved letter in the outbox as it was
// approved, and nothing that says for ever that it runs.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Use, World } from '../../hour/use.ts'
import { mailOf } from '../mail.ts'
import { postings } from '../postings.ts'
import { type Letter, openResults, type Results } from '../results.ts'

/** What a letter said when the app answered that it is approved, or when the outbox first had it. */
const approved = new Map<number, string>()
const all = 1_000_000

const use: Use = {
  async act(world) {
    const share = world.random()
    if (share < 0.3) await start(world, 'company-research')
    else if (share < 0.55) await start(world, 'cover-letter')
    else if (share < 0.75) await read(world)
    else await change(world)
  },

  check: (world) => lookInto(world, brokenRows),

  async finish(world, jobs) {
    const broken = await lookInto(world, async (tables) => [
      ...(await brokenRows(tables)),
      ...(await brokenOutbox(world, await tables.approved(all))),
    ])
    using rows = new DatabaseSync(join(world.data, 'jobhunt/results.db'), { readOnly: true })
    const facts = rows.prepare('select json_array_length(facts) as n from research where job = ?')
    const letter = rows.prepare('select 1 as n from letter where job = ?')
    for (const { id, kind, result } of jobs.filter(({ state }) => state === 'succeeded')) {
      const wanted = kind === 'cover-letter' ? 1 : (result as { facts: number }).facts
      const found = (kind === 'cover-letter' ? letter : facts).get(id)?.n ?? 0
      if (found !== wanted) broken.push(`S5.2: ${kind} #${id} succeeded with ${wanted}, and the tables have ${found}`)
    }
    return broken
  },
}

export default use

async function start(world: World, kind: 'company-research' | 'cover-letter'): Promise<void> {
  const posting = world.pick(postings).id
  const { job } = await world.client.submit(kind, { posting })
  world.acknowledged(job.id)
  // Who presses twice gets the same one, as long as it is active.
  const again = await world.client.submit(kind, { posting })
  world.acknowledged(again.job.id)
  const first = again.job.id === job.id ? job : await world.client.get(job.id)
  if (again.created && first.finishedAt === null)
    throw new Error(`S5.1: #${again.job.id} was made beside #${job.id}, which is ${first.state}`)
}

async function read(world: World): Promise<void> {
  const path = world.pick(['/', '/outbox', ...postings.map(({ id }) => `/postings/${id}`)])
  const answer = await world.ask(path)
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
  if (!(await answer.text()).includes('<holdfast-indicator')) throw new Error(`S5.3: ${path} has no indicator`)
}

/** Changes or approves the letter of a posting, as the page would. */
async function change(world: World): Promise<void> {
  const letter = await lookInto(world, (tables) => tables.lastLetter(world.pick(postings).id))
  if (letter === null || letter.approvedAt !== null) return
  const verdict = world.random() < 0.5 ? 'approve' : 'save'
  const text = `${letter.text}\nPS: ${Math.floor(world.random() * 1_000_000)}`
  const body = new URLSearchParams({ text, verdict, version: String(letter.version) })
  const answer = await world.ask(`/letters/${letter.job}`, { method: 'POST', body, headers: { origin: world.url }, redirect: 'manual' })
  // 409: another user was here meanwhile.
  if (answer.status !== 303 && answer.status !== 409) throw new Error(`a letter could not be changed: ${answer.status}`)
  // From the answer: what the tables lose in a kill is missed only by who was told that it is there.
  if (answer.status === 303 && verdict === 'approve') approved.set(letter.job, text)
}

/** The app's tables, beside the app. */
async function lookInto<T>(world: World, look: (tables: Results) => Promise<T>): Promise<T> {
  const tables = await openResults(join(world.data, 'jobhunt/results.db'), { forMs: 60_000 })
  try {
    return await look(tables)
  } finally {
    tables.close()
  }
}

async function brokenRows(tables: Results): Promise<string[]> {
  const broken: string[] = []
  for (const { id } of postings) {
    const [research, letter] = [await tables.lastResearch(id), await tables.lastLetter(id)]
    if (research !== null && (research.facts.length < 8 || new Set(research.facts.map(({ topic }) => topic)).size < research.facts.length))
      broken.push(`S5.2: research #${research.job} of ${id} has ${research.facts.length} facts`)
    if (letter !== null && !/^Dear [\s\S]*Yours sincerely,\nRobin Vale/.test(letter.text))
      broken.push(`S5.2: letter #${letter.job} is not whole`)
  }
  // What the app answers while we read need not be in what we read.
  const known = [...approved.keys()]
  const outbox = await tables.approved(all)
  for (const { job, text } of outbox) {
    const before = approved.get(job)
    if (before !== undefined && before !== text) broken.push(`letter #${job} was changed after it was approved`)
    if (before === undefined) approved.set(job, text)
  }
  const there = new Set(outbox.map(({ job }) => job))
  for (const job of known) if (!there.has(job)) broken.push(`letter #${job} was approved and is gone`)
  return broken
}

/** Each approved letter is one mail, as the page says. */
async function brokenOutbox(world: World, letters: Letter[]): Promise<string[]> {
  let page = ''
  for (let older: string | undefined = '/outbox'; older !== undefined; older = /href="([^"]+)">Older/.exec(page)?.[1])
    page = (await (await world.ask(older)).text()) + page.replace('>Older', '>')
  const broken: string[] = []
  for (const letter of letters) {
    if (!page.includes(`href="/outbox/${letter.job}"`)) broken.push(`the outbox lacks letter #${letter.job}`)
    if ((await (await world.ask(`/outbox/${letter.job}`)).text()) !== mailOf(letter))
      broken.push(`the mail of #${letter.job} is not what was approved`)
  }
  return broken
}
