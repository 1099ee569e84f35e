// The rows of S3 in the acceptance list, one after the other: the app as a process, terminals beside it, a browser before it, real faces, real kills.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from '../../../test/browser/accessible.ts'
import { until } from '../../../test/contract/temporary.ts'
import { type Episode, fileOf, openLibrary, readResult } from '../episodes.ts'
import { settingsFrom } from '../settings.ts'
import type { Stage } from '../stages.ts'
import { makeVideo } from './videos.ts'
import { kill, namesOf, openWorld, processesOf, type Web, type World } from './world.ts'

type Gate = Awaited<ReturnType<World['gate']>>

describe('S3', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let data: string
  let page: Page
  let tab: Page
  /** The job that `page` is about, and what keeps it from going on. */
  let held: { id: number; gate: Gate }
  let second: { id: number; gate: Gate }

  const episode = (name: string, folder = data) => openLibrary(join(folder, 'screentime')).get(name) as Episode
  const framesOf = (name: string) => join(episode(name).folder, readResult(episode(name), 'extract')?.file ?? '')
  const facesOf = (name: string) => readFileSync(join(episode(name).folder, readResult(episode(name), 'detect')?.file ?? ''), 'utf8')
  const start = async (name: string, stage: Stage) => (await web.client.submit(stage, { episode: name })).job.id
  const whole = async (name: string, stage: Stage) => {
    const job = await web.end(await start(name, stage))
    assert.equal(job.state, 'succeeded', job.failure?.message)
    return job
  }
  /** A detect that has looked at some of its ten frames and gets no more. */
  const hold = async (name: string, begin: () => Promise<unknown>) => {
    const gate = await world.gate(framesOf(name), 0.65)
    await begin()
    const active = async () => (await web.client.list({ kind: 'detect', state: ['queued', 'running'] })).jobs
    const { id } = await until('the job', async () => (await active()).find(({ uniqueKey }) => uniqueKey === name))
    await web.job(id, 'some frames', ({ progress }) => (progress?.done ?? 0) >= 3)
    return { id, gate }
  }
  const startButton = (at: Page, stage: Stage) => at.locator(`#start-${stage} button`)
  const card = (at: Page, stage: Stage) => at.locator(`[data-stage=${stage}] holdfast-job`)
  const canStart = (at: Page, stage: Stage) => at.locator(`#start-${stage} button[aria-disabled=false]`).waitFor()
  const press = (at: Page, stage: Stage, name: string | RegExp) => card(at, stage).getByRole('button', { name }).click()
  const shows = (at: Page, stage: Stage, text: RegExp) => card(at, stage).getByText(text).first().waitFor()
  const beats = (lines: string[]) =>
    lines.flatMap((line) => /^hb seq=(\d+) frames=\d+ pct=\d+ faces=\d+$/.exec(line)?.[1] ?? []).map(Number)
  const oneToN = (beaten: number[]) =>
    assert.deepEqual(
      beaten,
      Array.from(beaten, (_, i) => i + 1),
    )

  before(async () => {
    world = await openWorld()
    data = world.dataFolder('data')
    const video = (name: string) => join(data, 'screentime/videos', `${name}.mp4`)
    makeVideo(video('pilot'), [
      ['astronaut', 2],
      ['others', 1],
      ['nobody', 1],
      ['astronaut', 1],
    ])
    copyFileSync(video('pilot'), video('second'))
    writeFileSync(video('broken'), 'no video')
    execFileSync('mkfifo', [video('silent')])
    web = await world.serve(data)
    page = await world.visit(`${web.url}/episodes/pilot`)
  })
  after(async () => await world.close())

  test('S3.1 a stage is startable only when the one before is done, and the button says why not', async () => {
    const reason = page.locator('#start-detect').getByText('Extract frames has to be done first.')
    await reason.waitFor()
    assert.equal(await startButton(page, 'detect').getAttribute('aria-disabled'), 'true')
    await assert.rejects(start('pilot', 'detect'), /Extract frames has to be done first/)
    await assert.rejects(start('nowhere', 'extract'), /There is no episode “nowhere”/)
    await startButton(page, 'extract').click()
    const other = whole('second', 'extract')
    await canStart(page, 'detect')
    assert.equal(await reason.count(), 0)
    await page.locator('#start-track').getByText('Detect faces has to be done first.').waitFor()
    assert.match(await page.locator('[data-stage=extract]').innerText(), /10 frames of 320 × 240, 2 a second/)
    await other
  })

  test('S3.2 S3.3 one active job for each episode and stage; a second start is told its number; it says how far it is and beats in numbers', async () => {
    held = await hold('pilot', () => startButton(page, 'detect').click())
    const { id } = held
    const answers = await Promise.all(Array.from({ length: 20 }, () => web.client.submit('detect', { episode: 'pilot' })))
    assert.deepEqual(new Set(answers.map(({ job, created }) => `${job.id} ${created}`)), new Set([`${id} false`]))
    assert.equal(await world.terminal(data, ['start', 'pilot', 'detect']), `already running: ${id}`)
    await shows(page, 'detect', /[3-5] of 10 frames/)
    for (const text of [/^[3-5]0.%$/, /^[3-8] faces found$/, /^(Sign of life .*(ago|just now)|Last [\d:]+)$/])
      await shows(page, 'detect', text)
    const lines = await web.lines(id)
    assert.ok(lines.includes('hb seq=1 frames=0 pct=0 faces=0'))
    oneToN(beats(lines))
  })

  test('S3.5 S3.2 refresh, another tab, kill -9 of the app: the same job, the button disabled with the reason; two episodes never mix', async () => {
    second = await hold('second', async () => await start('second', 'detect'))
    tab = await world.visit(`${web.url}/episodes/second/detect`)
    const own = async () => {
      for (const [at, { id }, other] of [
        [page, held, second],
        [tab, second, held],
      ] as const) {
        await card(at, 'detect').getByText(`#${id}`, { exact: true }).waitFor()
        assert.equal(await at.getByText(`#${other.id}`, { exact: true }).count(), 0)
        assert.equal(await startButton(at, 'detect').getAttribute('aria-disabled'), 'true')
        await at
          .locator('#start-detect')
          .getByText(/Running since|Stalled/)
          .first()
          .waitFor({ state: 'attached' })
      }
    }
    await own()
    await Promise.all([page.reload(), tab.reload()])
    await own()
    const { port } = new URL(web.url)
    web.child.kill('SIGKILL')
    await web.ended
    web = await world.serve(data, Number(port))
    await own()
  })

  test('S3.4 S3.9 silent for too long: a warning with three choices in the place of the button; a look at once; waiting on', async () => {
    const { id, gate } = held
    await card(page, 'detect').getByRole('button', { name: 'Keep waiting' }).waitFor()
    assert.deepEqual(await card(page, 'detect').getByRole('button').allInnerTexts(), ['Keep waiting', 'Resume', 'Cancel…', 'Check now'])
    assert.equal(await startButton(page, 'detect').isVisible(), false)
    assert.equal((await web.client.get(id)).state, 'running')
    await press(page, 'detect', 'Check now')
    await shows(page, 'detect', /^Checked [\d:]+: (alive|busy), .*no heartbeat for/)
    await press(page, 'detect', 'Keep waiting')
    await web.job(id, 'patience', ({ waitedAt, stalled }) => waitedAt !== null && stalled === null)
    await gate.letThrough(0.9)
    await web.job(id, 'that it goes on', ({ progress }) => (progress?.done ?? 0) >= 6)
    await shows(page, 'detect', /[6-9] of 10 frames/)
  })

  test('S3.4 S3.6 Resume of a silent but living process stops it first; killed, that is shown, and Resume goes on from the last checkpointed frame', async () => {
    const { id, gate } = held
    const living = processesOf(data, id)
    assert.ok(namesOf(living).includes('ffmpeg'))
    await card(page, 'detect').getByRole('button', { name: 'Keep waiting' }).waitFor()
    gate.restore()
    await press(page, 'detect', 'Resume')
    await web.job(id, 'the second attempt', ({ attempts, state }) => attempts === 2 && state === 'running')
    const detector = await until('the detector of the second attempt', () => {
      const others = processesOf(data, id).filter((pid) => !['sh', 'ffmpeg'].includes(namesOf([pid])[0] ?? ''))
      return others.find((pid) => !living.includes(pid))
    })
    assert.deepEqual(
      processesOf(data, id).filter((pid) => living.includes(pid)),
      [],
      'nobody of the first is left',
    )
    kill(detector, 'SIGKILL')
    await shows(page, 'detect', /SIGKILL/)
    assert.equal(await startButton(page, 'detect').isVisible(), false)
    // As when it is killed in the middle of a line, after the last checkpoint.
    appendFileSync(join(episode('pilot').folder, fileOf('detect', id)), '{"frame":9,"fa')
    await press(page, 'detect', /^Resume/)
    const { state } = await web.job(id, 'the end', ({ finishedAt, attempts }) => attempts === 3 && finishedAt !== null)
    assert.equal(state, 'succeeded')
    const lines = await web.lines(id)
    assert.match(lines.slice(lines.findIndex((line) => line.startsWith('attempt 3 started'))).join('\n'), /^goes on at frame [2-9] of 10$/m)
    await canStart(page, 'track')
  })

  test('S3.7 S3.6 cancel ends ffmpeg and the detector; a new start is possible at once, and ends as what was killed and resumed', async () => {
    const { id, gate } = second
    assert.ok(namesOf(processesOf(data, id)).includes('ffmpeg'))
    await press(tab, 'detect', 'Cancel…')
    await tab.getByRole('button', { name: 'Cancel job' }).click()
    assert.equal((await web.end(id)).state, 'cancelled')
    assert.deepEqual(processesOf(data, id), [])
    gate.restore()
    const again = await web.client.submit('detect', { episode: 'second' })
    assert.equal(again.created, true)
    assert.equal((await web.end(again.job.id)).state, 'succeeded')
    assert.equal(facesOf('pilot'), facesOf('second'))
  })

  test('S3.7 so does cancel of a stalled job whose worker is dead already', async () => {
    // A video that nothing can be read of.
    const id = await start('silent', 'extract')
    await web.job(id, 'silence', ({ stalled }) => stalled !== null)
    kill(web.child.pid ?? 0, 'SIGSTOP')
    for (const pid of processesOf(data, id)) kill(pid, 'SIGKILL')
    kill(web.child.pid ?? 0, 'SIGCONT')
    await web.client.cancel(id)
    assert.match((await web.end(id)).state, /^(cancelled|failed|interrupted)$/)
    const again = await web.client.submit('extract', { episode: 'silent' })
    assert.equal(again.created, true)
    await web.client.cancel(again.job.id)
    assert.equal((await web.end(again.job.id)).state, 'cancelled')
  })

  test('S3.7 a bad video fails with a clear line and can be retried', async () => {
    const broken = await world.visit(`${web.url}/episodes/broken`)
    await startButton(broken, 'extract').click()
    await shows(broken, 'extract', /broken\.mp4: Invalid data found when processing input/)
    copyFileSync(join(data, 'screentime/videos/pilot.mp4'), join(data, 'screentime/videos/broken.mp4'))
    await press(broken, 'extract', 'Retry')
    await canStart(broken, 'detect')
    rmSync(join(data, 'screentime/videos/broken.mp4'))
    await startButton(broken, 'extract').click()
    await shows(broken, 'extract', /There is no video at .*broken\.mp4/)
    await broken.locator('[data-stage=extract]').getByText('10 frames').waitFor()
  })

  test('S3.8 S3.9 a folder of before, without any job, works as it is; the other stages beat, too; screen time for each person', async () => {
    const old = world.dataFolder('old')
    mkdirSync(join(old, 'screentime/episodes/pilot'), { recursive: true })
    cpSync(episode('pilot').folder, join(old, 'screentime/episodes/pilot'), { recursive: true })
    const app = await world.serve(old)
    assert.equal((await app.client.list()).jobs.length, 0)
    const episodes = await world.visit(app.url)
    await episodes.getByText('2 of 4 stages done').waitFor({ state: 'attached' })
    await assertAccessible(episodes)
    await episodes.getByRole('link', { name: /pilot/ }).click()
    await episodes.getByText('11 faces in 10 frames').waitFor()
    await startButton(episodes, 'track').click()
    await canStart(episodes, 'cluster')
    await startButton(episodes, 'cluster').click()
    const first = episodes.getByRole('img', { name: 'Person 1: 0:00 to 0:02, 0:04 to 0:05' })
    await first.waitFor()
    assert.match(await episodes.locator('#result').innerText(), /^Screen time\s+\d people in 5.0s[\s\S]*Person 1\s+3.0s 60 %/)
    for (const { id } of (await app.client.list()).jobs) assert.ok(beats(await app.lines(id)).length > 0)
    await assertAccessible(episodes)
    assert.equal(readResult(episode('pilot', old), 'cluster')?.people[0]?.seconds, 3)
  })

  test('S3.3 S3.4 S3.9 a beat every 10 s and a warning after 30, unless told otherwise; the README answers the four questions', () => {
    assert.deepEqual(settingsFrom({}), { framesPerSecond: 2, width: 640, beatSeconds: 10, stallSeconds: 30 })
    assert.throws(() => settingsFrom({ SCREENTIME_WIDTH: 'wide' }), /SCREENTIME_WIDTH has to be a number from 160 to 1920, not “wide”/)
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    for (const question of ['Track and cluster, too?', 'Does cancel kill?', 'How long since the last beat?', 'Can I have it looked at?'])
      assert.ok(readme.includes(`**${question}**`), question)
    assert.deepEqual(world.faults, [])
  })
})
