// The row of S3 that needs a frame which takes seconds: a wall of two dozen faces. The others are in rows.test.ts.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeCrowd } from './videos.ts'
import { openWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(async () => await world.close())

test('S3.4 a job in a long frame is not called dead: busy, and when the frame is over all is well', async () => {
  const data = world.dataFolder('data')
  makeCrowd(join(data, 'screentime/videos/crowd.mp4'))
  const web = await world.serve(data)
  const started = await world.terminal(data, ['start', 'crowd', 'extract'], { SCREENTIME_WIDTH: '640', SCREENTIME_FRAMES_PER_SECOND: '1' })
  await web.end(Number(/^started: (\d+)$/.exec(started)?.[1]))
  const { id } = (await web.client.submit('detect', { episode: 'crowd' })).job
  await web.job(id, 'silence', ({ stalled, finishedAt }) => stalled !== null || finishedAt !== null)
  const { words } = await web.client.check(id)
  assert.match(words, /^(busy|alive), .*no heartbeat for/)
  const { state, attempts, failure, result } = await web.end(id)
  assert.deepEqual([state, attempts, failure], ['succeeded', 1, null])
  assert.ok((result as { faces: number }).faces > 20)
})
