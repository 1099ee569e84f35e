// S1.10: another front in Flask, of two worker processes, on the same data folder: it starts, follows and shows what the web app and a terminal do.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../../test/contract/temporary.ts'
import { ensureGunicorn } from '../../../tools/flask.ts'
import { openWorld, type World } from './world.ts'

const folder = fileURLToPath(new URL('../flask', import.meta.url))
const clients = fileURLToPath(new URL('../../../clients/python', import.meta.url))

interface Answer {
  id: number
  created: boolean
  worker: number
}

describe('S1.10', { timeout: 600_000 }, () => {
  let world: World
  let web: Awaited<ReturnType<World['serve']>>
  let front: { url: string; child: ChildProcess; printed(): string }
  before(async () => {
    world = await openWorld()
    web = await world.serve()
    await web.until('the first index', ({ index }) => index === 1)
    front = await serveFront(world.data, web.url)
  })
  after(async () => {
    front.child.kill('SIGTERM')
    await world.close()
  })
  const rebuild = async () => (await (await fetch(`${front.url}/rebuild`, { method: 'POST' })).json()) as Answer
  /** As many as it takes to have met both workers. */
  const fromBoth = async (ask: () => Promise<Answer>) => {
    const answers: Answer[] = []
    await until('an answer of both workers', async () => {
      answers.push(...(await Promise.all([ask(), ask(), ask()])))
      return new Set(answers.map(({ worker }) => worker)).size === 2
    })
    return answers
  }

  test('the front is at most 120 lines', () => {
    assert.ok(readFileSync(`${folder}/front.py`, 'utf8').split('\n').length <= 121)
  })

  test('both workers start and name one rebuild, the web app shows it, and whoever follows it gets all of its lines and its end', async () => {
    world.closeGate()
    const answers = await fromBoth(rebuild)
    assert.deepEqual([...new Set(answers.map(({ id }) => id))], [2])
    assert.equal(answers.filter(({ created }) => created).length, 1)
    assert.equal((await web.until('the rebuild', ({ condition }) => condition === 'rebuilding')).rebuild?.id, 2)
    const following = fetch(`${front.url}/rebuild/2`)
    world.openGate()
    const lines = (await (await following).text()).trimEnd().split('\n')
    assert.match(lines.slice(0, 2).join(' '), /attempt 1 started, pid \d+ .*Read films/)
    assert.equal(lines.at(-1), 'succeeded')
    const stored = await (await web.get('/holdfast/api/v1/jobs/2/log.txt')).text()
    assert.equal(lines.length - 1, stored.trimEnd().split('\n').length)
  })

  test('a page starts one by its button, follows it through a kill of both workers, and then shows the films of the new index', async () => {
    world.closeGate()
    const page = await world.visit(front.url)
    assert.equal(await page.locator('li').count(), 12)
    await page.getByText('From index 2, read by worker').waitFor()
    const workers = (await fromBoth(async () => rebuildOf(await (await fetch(front.url)).text()))).map(({ worker }) => worker)
    await page.getByRole('button', { name: 'Rebuild index' }).click()
    await page.locator('holdfast-job').getByText('Running').first().waitFor()
    for (const worker of new Set(workers)) process.kill(worker, 'SIGKILL')
    world.openGate()
    await page.getByText('From index 3, read by worker').waitFor()
    await page.locator('holdfast-job').getByText('Succeeded').first().waitFor()
    assert.ok(!workers.includes(rebuildOf(await page.content()).worker))
    assert.deepEqual(world.faults, [])
  })

  test('while Holdfast is away it says so, in words', async () => {
    await web.kill()
    const answer = await fetch(`${front.url}/`)
    assert.equal(answer.status, 503)
    assert.match(((await answer.json()) as { error: string }).error, /^No answer from http/)
  })
})

/** What a page says of its worker, in the form of an answer. */
function rebuildOf(page: string): Answer {
  return { id: 0, created: false, worker: Number(/read by worker (\d+)/.exec(page)?.[1]) }
}

async function serveFront(data: string, url: string) {
  const options = ['--workers=2', '--threads=8', '--keep-alive=0', '--bind=127.0.0.1:0', `--chdir=${folder}`, 'front:app']
  const environment = {
    ...process.env,
    HOLDFAST_DATA: data,
    HOLDFAST_URL: new URL('holdfast', url).href,
    PYTHONPATH: clients,
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const child = spawn(ensureGunicorn(), options, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const address = await until('the address of the front', () => /Listening at: (\S+)/.exec(text)?.[1])
  return { url: address, child, printed: () => text }
}
