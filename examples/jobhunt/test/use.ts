// How people use jobhunt for an hour, and what must hold: every result once and whole, every approved letter in the outbox as it was
// approved, and nothing that says for ever that it runs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Use, World } from '../../hour/use.ts'
import type { Standing } from '../app.ts'
import { fileOf, mailOf } from '../outbox.ts'
import { postings } from '../postings.ts'
import type { Letter } from '../results.ts'

interface State {
  postings: Standing[]
  outbox: Letter[]
}

/** What a letter said when the app answered that it is approved. */
const approved = new Map<number, string>()

const use: Use = {
  async act(world) {
    const share = world.random()
    if (share < 0.3) await start(world, 'company-research')
    else if (share < 0.55) await start(world, 'cover-letter')
    else if (share < 0.75) await read(world)
    else await change(world)
  },

  async check(world) {
    return brokenRows(await stateOf(world))
  },

  async finish(world, jobs) {
    const broken = brokenRows(await stateOf(world))
    const tables = new DatabaseSync(join(world.data, 'jobhunt/results.db'), { readOnly: true })
    for (const { id, kind, result } of jobs.filter(({ state }) => state === 'succeeded')) {
      const wanted = (result as { facts?: number }).facts
      const found = tables.prepare(`select count(*) as n from ${kind === 'cover-letter' ? 'letter' : 'fact'} where job = ?`).get(id) as {
        n: number
      }
      if (found.n !== (wanted ?? 1)) broken.push(`S5.2: ${kind} #${id} succeeded with ${wanted ?? 1}, and the tables have ${found.n}`)
    }
    const letters = tables.prepare(
      `select job, posting, recipient, coalesce(edited, text) as text, approvedAt from letter where approvedAt is not null`,
    )
    broken.push(...brokenOutbox(world, letters.all() as unknown as Letter[]))
    tables.close()
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
  const path = world.pick(['/', '/companies', '/outbox', ...postings.map(({ id }) => `/postings/${id}`)])
  const answer = await world.ask(path)
  if (!(await answer.text()).includes('<holdfast-indicator')) throw new Error(`S5.3: ${path} has no indicator`)
}

/** Changes or approves the letter of a posting, as the page would. */
async function change(world: World): Promise<void> {
  const { letter } = world.pick((await stateOf(world)).postings)
  if (letter === null || letter.approvedAt !== null) return
  const verdict = world.random() < 0.5 ? 'approve' : 'save'
  const text = `${letter.text}\nPS: ${Math.floor(world.random() * 1_000_000)}`
  const body = new URLSearchParams({ text, verdict, version: letter.version })
  const answer = await world.ask(`/letters/${letter.job}`, { method: 'POST', body, headers: { origin: world.url }, redirect: 'manual' })
  // 409: another user was here meanwhile.
  if (answer.status !== 303 && answer.status !== 409) throw new Error(`a letter could not be changed: ${answer.status}`)
}

async function stateOf(world: World): Promise<State> {
  return (await (await world.ask('/state')).json()) as State
}

function brokenRows({ postings, outbox }: State): string[] {
  const broken: string[] = []
  for (const { posting, research, letter } of postings) {
    if (research !== null && (research.facts.length < 8 || new Set(research.facts.map(({ topic }) => topic)).size < research.facts.length))
      broken.push(`S5.2: research #${research.job} of ${posting.id} has ${research.facts.length} facts`)
    if (letter !== null && !/^Dear [\s\S]*Yours sincerely,\nRobin Vale/.test(letter.text))
      broken.push(`S5.2: letter #${letter.job} is not whole`)
  }
  for (const { job, text } of outbox) {
    const before = approved.get(job)
    if (before !== undefined && before !== text) broken.push(`letter #${job} was changed after it was approved`)
    approved.set(job, text)
  }
  const there = new Set(outbox.map(({ job }) => job))
  // The page shows the newest 500.
  if (outbox.length < 500) for (const job of approved.keys()) if (!there.has(job)) broken.push(`letter #${job} was approved and is gone`)
  return broken
}

/** Each approved letter is one mail, whole, and there is nothing else. */
function brokenOutbox({ data }: World, letters: Letter[]): string[] {
  const folder = join(data, 'jobhunt/outbox')
  const files = new Set(readdirSync(folder))
  const broken = letters.flatMap((letter) => {
    const name = fileOf(letter)
    if (!files.delete(name)) return [`the outbox lacks ${name}`]
    return readFileSync(join(folder, name), 'utf8') === mailOf(letter) ? [] : [`${name} is not what was approved`]
  })
  return [...broken, ...[...files].map((name) => `the outbox has ${name}, which nobody approved`)]
}
