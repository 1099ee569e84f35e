// The rows of S3 in the acceptance list, one after the other: the app as a process, terminals beside it, a browser before it, real faces, real kills.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openHoldfast } from 'holdfast'
import type { Locator, Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { killQuietly, processesOf } from '../../hour/running-app.ts'
import { type Episode, fileOf, openLibrary, readResult } from '../episodes.ts'
import { settingsFrom } from '../settings.ts'
import type { Stage } from '../stages.ts'
import { beats, makeOldEpisode } from './episodes.ts'
import { makeVideo } from './videos.ts'
import { closeGate, openWorld, programsOf, type Web, type World, watchDetect } from './world.ts'

/** A detect that gets no more frames until its gate is opened. */
interface Held {
  id: number
  gate: ReturnType<typeof closeGate>
}

describe('S3', { timeout: 600_000 }, () => {
  let world: World
  let web: Web
  let data: string
  /** On `pilot`, and on `second`; each has a detect that is held. */
  let page: Page
  let tab: Page
  let pilot: Held
  let second: Held
  /** An extract of a video that nothing can be read of. */
  let silent: number
  /** A detect of `second` that nothing happens to. */
  let whole: number

  const video = (name: string) => join(data, 'screentime/videos', `${name}.mp4`)
  const episode = (name: string) => openLibrary(join(data, 'screentime')).get(name) as Episode
  const facesOf = (name: string) => readFileSync(join(episode(name).folder, readResult(episode(name), 'detect')?.file ?? ''), 'utf8')
  const start = async (name: string, stage: Stage) => (await web.client.submit(stage, { episode: name })).job.id
  const hold = async (name: string, share: number, begin: () => Promise<unknown>): Promise<Held> => {
    const gate = closeGate(join(episode(name).folder, readResult(episode(name), 'extract')?.file ?? ''), share)
    await begin()
    await gate.reached
    const { jobs } = await web.client.list({ kind: 'detect', state: ['running'] })
    const id = jobs.find(({ uniqueKey }) => uniqueKey === name)?.id ?? 0
    return { id, gate }
  }
  const isNotActive = async (name: string, kind: Stage) => {
    const { jobs } = await web.client.list({ kind, state: ['queued', 'running', 'stopping'] })
    assert.ok(!jobs.some(({ uniqueKey }) => uniqueKey === name))
    assert.doesNotMatch(await (await fetch(web.url)).text(), new RegExp(`<h2>${name}</h2>.*…</b>`))
  }
  const startButton = (at: Page, stage: Stage) => at.locator(`#start-${stage} button`)
  const canStart = (at: Page, stage: Stage) => at.locator(`#start-${stage} button[aria-disabled=false]`).waitFor()
  const card = (at: Page, stage: Stage) => at.locator(`[data-stage=${stage}] holdfast-job`)
  const press = (at: Page, stage: Stage, name: string | RegExp) => card(at, stage).getByRole('button', { name }).click()
  const shows = (at: Locator, text: RegExp | string) => at.getByText(text).first().waitFor()

  before(async () => {
    world = openWorld()
    data = world.dataFolder('data')
    execFileSync('mkfifo', [video('silent')])
    mkdirSync(join(data, 'screentime/episodes/pilot'))
    makeOldEpisode(join(data, 'screentime/episodes/old'))
    const serving = world.serve(data)
    makeVideo(join(data, 'pilot.mp4'), [
      ['astronaut', 2],
      ['others', 1],
      ['nobody', 1],
      ['astronaut', 1],
    ])
    web = await serving
    assert.equal((await web.client.list()).jobs.length, 0)
    silent = await start('silent', 'extract')
    page = await world.visit(`${web.url}/episodes/pilot`)
  })
  after(() => world.close())

  describe('at first', { concurrency: 2 }, () => {
    test('S3.8 a folder of before, without any job, works as it is', async () => {
      const old = await world.visit(web.url)
      await old.getByRole('link', { name: /^old.* 3 of 4 stages done/ }).click()
      await shows(old.locator('[data-stage=track]'), '3 faces followed')
      await startButton(old, 'cluster').click()
      await old.getByRole('img', { name: 'Person 1: 0:00 to 0:02, 0:03 to 0:04' }).waitFor()
      assert.match(await old.locator('#result').innerText(), /^Screen time\s+2 people in 4.0s[\s\S]*Person 1\s+3.0s 75 %/)
      await startButton(old, 'track').click()
      await old.getByRole('dialog', { name: /^Follow faces again\? .* is gone: 2 people\.$/ }).waitFor()
      await old.getByRole('button', { name: 'Leave it' }).click()
      assert.equal((await web.client.list({ kind: 'track' })).jobs.length, 0)
      await old.close()
      for (const path of ['/nowhere', '/?page=2', '/episodes/nowhere', '/episodes/old/nowhere', '/episodes/%E0%A4%A']) {
        const answer = await fetch(`${web.url}${path}`)
        assert.deepEqual([answer.status, (await answer.text()).includes('<a href="/">All episodes</a>')], [404, true], path)
      }
    })

    test('S3.1 S3.7 a stage is startable only when the one before is done, and the button says why not; a bad path fails with a clear line and can be retried', async () => {
      const reason = page.locator('#start-detect').getByText('Extract frames has to be done first.')
      await reason.waitFor()
      assert.equal(await startButton(page, 'detect').getAttribute('aria-disabled'), 'true')
      await assert.rejects(start('pilot', 'detect'), { message: 'Input rejected: episode: Extract frames has to be done first.' })
      await startButton(page, 'extract').click()
      await shows(card(page, 'extract'), /There is no video at .*pilot\.mp4/)
      assert.equal(await startButton(page, 'extract').isVisible(), false)
      renameSync(join(data, 'pilot.mp4'), video('pilot'))
      await press(page, 'extract', 'Retry')
      await canStart(page, 'detect')
      assert.equal(await reason.count(), 0)
      await page.locator('#start-track').getByText('Detect faces has to be done first.').waitFor()
      assert.match(await page.locator('[data-stage=extract]').innerText(), /10 frames of 320 × 240, 2 a second/)
    })
  })

  test('S3.2 S3.3 one active job for each episode and stage; it says how far it is, and beats in numbers', async () => {
    cpSync(episode('pilot').folder, join(data, 'screentime/episodes/second'), { recursive: true })
    ;[pilot, second] = await Promise.all([
      hold('pilot', 0.65, () => startButton(page, 'detect').click()),
      hold('second', 0.05, () => start('second', 'detect')),
    ])
    const { id } = pilot
    const answers = await Promise.all(Array.from({ length: 20 }, () => web.client.submit('detect', { episode: 'pilot' })))
    assert.deepEqual(new Set(answers.map(({ job, created }) => `${job.id} ${created}`)), new Set([`${id} false`]))
    for (const text of [/[3-6] of 10 frames/, /^[3-6]0.%$/, /^[3-9] faces found$/, /^(Sign of life .*(ago|just now)|Last [\d:]+)$/])
      await shows(card(page, 'detect'), text)
    const lines = await web.lines(id)
    assert.ok(lines.includes('hb seq=1 frames=0 pct=0 faces=0'))
    const numbers = beats(lines)
    assert.ok(numbers.length >= 3 && numbers.every((number, i) => number === i + 1), `beats ${numbers}`)
  })

  test('S3.5 S3.2 kill -9 of the app, a terminal, refresh, another tab: the same job, the button disabled with the reason; two episodes never mix', async () => {
    tab = await world.visit(`${web.url}/episodes/second/detect`)
    const own = async (at: Page, { id }: Held, other: Held) => {
      await card(at, 'detect').getByText(`#${id}`, { exact: true }).waitFor()
      assert.equal(await at.getByText(`#${other.id}`, { exact: true }).count(), 0)
      assert.equal(await startButton(at, 'detect').getAttribute('aria-disabled'), 'true')
      const why = at.locator('#start-detect').getByText(/Running since|Stalled/)
      await why.first().waitFor({ state: 'attached' })
    }
    await Promise.all([own(page, pilot, second), own(tab, second, pilot)])
    const { port } = new URL(web.url)
    web.child.kill('SIGKILL')
    await web.ended
    const terminal = world.terminal(data, ['start', 'pilot', 'detect'])
    web = await world.serve(data, Number(port))
    assert.match(await terminal, new RegExp(`^already running: ${pilot.id}$`, 'm'))
    await page.addInitScript(watchDetect)
    await Promise.all([page.reload(), tab.reload()])
    await Promise.all([own(page, pilot, second), own(tab, second, pilot)])
  })

  describe('two episodes side by side', { concurrency: 2 }, () => {
    describe('one that is silent', { concurrency: 1 }, () => {
      test('S3.4 S3.5 S3.9 silent for too long: a warning with three choices in the place of the button, only then; a look at once; waiting on', async () => {
        const { id, gate } = pilot
        await card(page, 'detect').getByRole('button', { name: 'Keep waiting' }).waitFor()
        assert.deepEqual(await card(page, 'detect').getByRole('button').allInnerTexts(), ['Keep waiting', 'Resume', 'Cancel…', 'Check now'])
        assert.equal(await startButton(page, 'detect').isVisible(), false)
        assert.equal((await web.client.get(id)).state, 'running')
        await press(page, 'detect', 'Check now')
        await shows(card(page, 'detect'), /^Checked [\d:]+: (alive|busy), .*no heartbeat for/)
        await press(page, 'detect', 'Keep waiting')
        await web.job(id, 'patience', ({ waitedAt, stalled }) => waitedAt !== null && stalled === null)
        await gate.letThrough(0.9)
        await shows(card(page, 'detect'), /[7-9] of 10 frames/)
        // Since it was refreshed.
        const looks = (await page.evaluate('[...looks]')) as string[]
        const [stalled, well] = [true, false].map((is) => looks.filter((look) => look.startsWith(`stalled ${is}:`)))
        assert.ok(
          well?.some((look) => /: Cancel…, Check now; Running since /.test(look)),
          looks.join('\n'),
        )
        assert.ok(stalled?.includes('stalled true: Keep waiting, Resume, Cancel…, Check now; hidden'), looks.join('\n'))
        assert.deepEqual(
          well?.filter((look) => /Keep waiting|Resume|hidden/.test(look)),
          [],
        )
        assert.deepEqual(
          stalled?.filter((look) => !look.endsWith('; hidden')),
          [],
        )
      })

      test('S3.4 S3.6 Resume of a silent but living process stops it first; killed, that is shown, and it can be resumed', async () => {
        const { id, gate } = pilot
        const first = processesOf(data, id)
        assert.ok(first.length > 1, 'the detector and its ffmpeg')
        await card(page, 'detect').getByRole('button', { name: 'Keep waiting' }).waitFor()
        gate.restore()
        await press(page, 'detect', 'Resume')
        await web.job(id, 'the second attempt', ({ attempts, state }) => attempts === 2 && state === 'running')
        const [detector] = await until('the detector of the second attempt', () =>
          [...programsOf(data, id)].find(([pid, program]) => !first.includes(pid) && !['sh', 'ffmpeg'].includes(program)),
        )
        const left = processesOf(data, id).filter((pid) => first.includes(pid))
        assert.deepEqual(left, [], 'nobody of the first is left')
        killQuietly(detector)
        await shows(card(page, 'detect'), /SIGKILL/)
        assert.equal(await startButton(page, 'detect').isVisible(), false)
        // As when it is killed in the middle of a line, after the last checkpoint.
        appendFileSync(join(episode('pilot').folder, fileOf('detect', id)), '{"frame":9,"fa')
        await press(page, 'detect', /^Resume/)
        await web.job(id, 'the third attempt', ({ attempts }) => attempts === 3)
      })
    })

    describe('one that is cancelled', { concurrency: 1 }, () => {
      test('S3.7 cancel ends ffmpeg and the detector; a new start is possible at once', async () => {
        const { id, gate } = second
        assert.ok([...programsOf(data, id).values()].includes('ffmpeg'))
        await press(tab, 'detect', 'Cancel…')
        await tab.getByRole('button', { name: 'Cancel job' }).click()
        assert.equal((await web.end(id)).state, 'cancelled')
        assert.deepEqual(processesOf(data, id), [])
        await isNotActive('second', 'detect')
        gate.restore()
        const again = await web.client.submit('detect', { episode: 'second' })
        assert.equal(again.created, true)
        whole = again.job.id
      })

      test('S3.7 so does cancel of a stalled job whose worker is dead already', async () => {
        await web.job(silent, 'silence', ({ stalled }) => stalled !== null)
        const beside = await openHoldfast({ data, runner: false })
        await until('the app stopped, and not while it writes', async () => {
          process.kill(web.child.pid ?? 0, 'SIGSTOP')
          const isFree = await beside.check(silent).catch(() => null)
          if (isFree === null) process.kill(web.child.pid ?? 0, 'SIGCONT')
          return isFree
        })
        // So nobody has seen it die when it is cancelled.
        for (const pid of processesOf(data, silent)) killQuietly(pid)
        await until('its end', () => processesOf(data, silent).length === 0)
        await beside.cancel(silent)
        await beside.close()
        process.kill(web.child.pid ?? 0, 'SIGCONT')
        assert.equal((await web.end(silent)).state, 'cancelled')
        await isNotActive('silent', 'extract')
      })

      test('S3.7 after a failure and a cancel there is a button still', async () => {
        unlinkSync(video('silent'))
        const again = await web.client.submit('extract', { episode: 'silent' })
        assert.deepEqual([again.created, (await web.end(again.job.id)).state], [true, 'failed'])
        execFileSync('mkfifo', [video('silent')])
        const id = await start('silent', 'extract')
        await web.client.cancel(id)
        assert.equal((await web.end(id)).state, 'cancelled')
        await tab.goto(`${web.url}/episodes/silent`)
        await canStart(tab, 'extract')
        await tab.close()
      })
    })
  })

  test('S3.6 what was killed and resumed ends as what was not', async () => {
    const ends = await Promise.all([pilot.id, whole].map(web.end))
    assert.deepEqual(
      ends.map(({ state, attempts }) => [state, attempts]),
      [
        ['succeeded', 3],
        ['succeeded', 1],
      ],
    )
    const lines = await web.lines(pilot.id)
    const third = lines.slice(lines.findIndex((line) => line.startsWith('attempt 3 started')))
    assert.match(third.join('\n'), /^goes on at frame [3-9] of 10$/m)
    assert.ok((beats(third)[0] ?? 0) > 3, 'its beats are numbered on')
    assert.equal(facesOf('pilot'), facesOf('second'))
  })

  test('S3.9 S3.3 track and cluster, too: one after the other, beating, to the screen time of each person', async () => {
    await shows(page.locator('[data-stage=detect]'), '11 faces in 10 frames')
    await startButton(page, 'track').click()
    await canStart(page, 'cluster')
    await startButton(page, 'cluster').click()
    await page.getByRole('img', { name: 'Person 1: 0:00 to 0:02, 0:04 to 0:05' }).waitFor()
    assert.match(await page.locator('#result').innerText(), /^Screen time\s+\d people in 5.0s[\s\S]*Person 1\s+3.0s 60 %/)
    for (const kind of ['track', 'cluster'])
      for (const { id } of (await web.client.list({ kind })).jobs) assert.equal(beats(await web.lines(id))[0], 1)
    assert.equal(readResult(episode('pilot'), 'cluster')?.people[0]?.seconds, 3)
  })

  test('S3.3 S3.4 S3.9 a beat every 10 s and a warning after 30, unless told otherwise; the README answers the four questions', () => {
    assert.deepEqual(settingsFrom({}), { framesPerSecond: 2, width: 640, beatSeconds: 10, stallSeconds: 30 })
    assert.throws(() => settingsFrom({ SCREENTIME_WIDTH: 'wide' }), /SCREENTIME_WIDTH has to be a number from 160 to 1920, not “wide”/)
    assert.throws(
      () => settingsFrom({ SCREENTIME_BEAT_SECONDS: '30' }),
      /SCREENTIME_BEAT_SECONDS has to be less than SCREENTIME_STALL_SECONDS/,
    )
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    for (const question of ['Track and cluster, too?', 'Does cancel kill?', 'How long since the last beat?', 'Can I have it looked at?'])
      assert.ok(readme.includes(`**${question}**`), question)
    assert.deepEqual(world.faults, [])
  })
})
