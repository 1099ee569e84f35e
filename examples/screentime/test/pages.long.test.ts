// Every page in its states: read by axe in both themes, and no wider than a phone. What the states are for is in rows.test.ts.
import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessibleInBothThemes } from '../../../test/browser/accessible.ts'
import { type Episode, openLibrary, readResult } from '../episodes.ts'
import { makeOldEpisode } from './episodes.ts'
import { makeVideo } from './videos.ts'
import { closeGate, openWorld, type Web, type World } from './world.ts'

const odd = 'Über “#7?” 100 % – part 1 & <b>'

let world: World
let web: Web
let page: Page
let data: string

before(async () => {
  world = openWorld()
  data = world.dataFolder('data')
  const video = (name: string) => join(data, 'screentime/videos', `${name}.mp4`)
  makeVideo(video('pilot'), [['astronaut', 3]])
  copyFileSync(video('pilot'), video(odd))
  writeFileSync(video('broken'), 'no video')
  makeOldEpisode(join(data, 'screentime/episodes/old'))
  web = await world.serve(data)
  page = await world.visit(web.url)
  page.setDefaultTimeout(60_000)
})
after(() => world.close())

const start = async (episode: string, stage: string) => (await web.client.submit(stage, { episode })).job.id
const address = (episode: string, stage = '') => `${web.url}/episodes/${encodeURIComponent(episode)}${stage && `/${stage}`}`

async function isWell(url: string, shown: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(url)
  await page.getByText(shown).filter({ visible: true }).first().waitFor()
  await assertAccessibleInBothThemes(page)
  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, `${url} on a phone`)
}

test('S3.7 a video that is none fails with a clear line, on a page that is well', async () => {
  await web.end(await start('broken', 'extract'))
  await isWell(address('broken'), 'ffprobe: broken.mp4: Invalid data found when processing input')
})

test('S3.5 a name with signs of every kind is an address like any other', async () => {
  assert.equal((await web.end(await start(odd, 'extract'))).state, 'succeeded')
  await isWell(address(odd), '6 frames of 320 × 240')
  await isWell(address(odd, 'extract'), 'exit 0')
})

test('S3.4 all pages while a stage is stalled, and what is not there', async () => {
  await web.end(await start('pilot', 'extract'))
  const episode = openLibrary(join(data, 'screentime')).get('pilot') as Episode
  const gate = closeGate(join(episode.folder, readResult(episode, 'extract')?.file ?? ''), 0.6)
  const id = await start('pilot', 'detect')
  await gate.reached
  await web.job(id, 'silence', ({ stalled, progress }) => stalled !== null && (progress?.done ?? 0) > 0)
  await isWell(web.url, '1 stalled')
  await isWell(address('pilot'), 'Keep waiting')
  await isWell(address('pilot', 'detect'), 'Keep waiting')
  await isWell(address('old'), 'Nobody is known yet')
  await isWell(address('nobody'), 'There is no episode “nobody”')
  const said = await world.terminal(data, ['start', 'pilot', 'extract'])
  assert.match(said, new RegExp(`^started: \\d+\nwaiting for key \`episode:pilot\`, held by #${id}$`, 'm'))
  await web.client.cancel(Number(/started: (\d+)/.exec(said)?.[1]))
  await web.client.cancel(id)
  await web.end(id)
  assert.deepEqual(world.faults, [])
})
