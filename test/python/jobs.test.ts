// Python scripts as real jobs of a real runner, by the machine's own Python, with nothing of the caller's environment to help them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defineJob, type Holdfast } from '../../src/index.ts'
import { openings, settled, textOf, written } from '../contract/opened.ts'
import { until } from '../contract/temporary.ts'
import { client, detector, python } from './scripts.ts'

const { data, open } = openings('python-jobs')

const detect = defineJob<{ frames: number; frameMs?: number; every?: number; failAt?: number; index?: string }>({
  kind: 'detect',
  command: [python, detector],
  artifacts: ['faces'],
})
const script = defineJob<{ text: string }>({ kind: 'script', command: ({ text }) => [python, '-c', text] })
const half = defineJob<{ text: string }>({ kind: 'half', command: ({ text }) => [python, '-c', text], artifacts: ['index'] })
const pathed = defineJob({
  kind: 'pathed',
  command: [python, '-c', 'import os, holdfast; holdfast.result(os.environ["PYTHONPATH"])'],
  environment: { PYTHONPATH: '/opt/own:/opt/more' },
})

let holdfast: Holdfast
before(async () => {
  assert.equal(process.env.PYTHONUNBUFFERED, undefined)
  holdfast = await open([detect, script, half, pathed])
})

const start = async (text: string) => (await holdfast.submit(script, { text })).job.id
const ended = async (text: string) => settled(holdfast, await start(text))

describe('a Python job', { concurrency: 2 }, () => {
  test('its first line is there while it runs', async () => {
    const gate = join(data, 'first-line')
    const id = await start(
      `import os, time\nprint("first")\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.01)\nprint("last")`,
    )
    assert.deepEqual(await written(holdfast, id, 1), ['first'])
    assert.equal((await holdfast.get(id))?.state, 'running')
    writeFileSync(gate, '')
    assert.equal((await settled(holdfast, id)).state, 'succeeded')
    assert.deepEqual(await textOf(holdfast, id), ['first', 'last'])
  })

  test('phases, progress, result and artifact arrive', async () => {
    const { job } = await holdfast.submit(detect, { frames: 60, frameMs: 0, every: 20, index: 'faces' })
    const { state, result, progress } = await settled(holdfast, job.id)
    assert.deepEqual([state, result], ['succeeded', { frames: 60, faces: facesTo(60), first: 0 }])
    assert.deepEqual(
      progress?.phases.map(({ name }) => name),
      ['Detect', 'Write'],
    )
    const snapshot = await holdfast.artifact('faces').current()
    assert.deepEqual(JSON.parse(readFileSync(join(snapshot?.path ?? '', 'faces.json'), 'utf8')), { faces: facesTo(60) })
  })

  test('cancelled it saves and cleans up; resumed it goes on and ends like one that was never interrupted', async () => {
    const frames = 400
    const { job } = await holdfast.submit(detect, { frames, every: 20, index: 'faces' })
    await until('progress', async () => ((await holdfast.get(job.id))?.progress?.done ?? 0) > 40)
    await holdfast.cancel(job.id)
    const stopped = await settled(holdfast, job.id)
    assert.deepEqual([stopped.state, stopped.exitCode, stopped.result], ['cancelled', 143, null])
    const before = await textOf(holdfast, job.id)
    const at = Number(/^stopped before frame (\d+)$/.exec(before.at(-1) ?? '')?.[1])
    assert.ok(at > 40 && at < frames, before.at(-1))
    await holdfast.resume(job.id)
    const { state, result } = await settled(holdfast, job.id)
    assert.deepEqual([state, result], ['succeeded', { frames, faces: facesTo(frames), first: at }])
  })

  test('one that swallows the stop and ends with 0 is cancelled all the same, and nothing is published', async () => {
    const text = `
import holdfast, time
print(holdfast.output("index"))
open(holdfast.output("index") + "/half", "w").close()
try: time.sleep(30)
except BaseException: holdfast.result("half")`
    const { id } = (await holdfast.submit(half, { text })).job
    await written(holdfast, id, 1)
    await holdfast.cancel(id)
    assert.equal((await settled(holdfast, id)).state, 'cancelled')
    assert.equal(await holdfast.artifact('index').current(), null)
  })

  test('an uncaught exception is the line of its failure, whatever stderr says after it', async () => {
    const { state, failure, exitCode } = await ended(
      'import atexit, sys, holdfast\natexit.register(print, "closing the film", file=sys.stderr)\nclass BadFrame(Exception): pass\nholdfast.phase("Scan")\nraise BadFrame("frame 7\\nof 20")',
    )
    assert.deepEqual([state, exitCode, failure?.kind, failure?.phase], ['failed', 1, 'error', 'Scan'])
    assert.equal(failure?.message, 'BadFrame: frame 7 of 20')
    assert.ok(failure?.lastLines.includes('BadFrame: frame 7'))
    const bare = await ended('raise ValueError("without holdfast")')
    assert.deepEqual([bare.failure?.kind, bare.failure?.message], ['error', 'ValueError: without holdfast'])
    const failing = await holdfast.submit(detect, { frames: 30, frameMs: 0, failAt: 7 })
    assert.equal((await settled(holdfast, failing.job.id)).failure?.message, 'ValueError: bad frame 7')
  })
})

test('the folder of holdfast.py comes behind the PYTHONPATH that the job has, of its definition or of its caller', async () => {
  const own = `/opt/own:/opt/more:${client}`
  assert.equal((await settled(holdfast, (await holdfast.submit(pathed)).job.id)).result, own)
  assert.equal((await ended('import os, holdfast; holdfast.result(os.environ["PYTHONPATH"])')).result, client)

  const command = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))
  const argv = [
    'run',
    '--data',
    join(data, 'run'),
    '--',
    python,
    '-c',
    'import os, holdfast; print(os.environ["PYTHONPATH"], holdfast.job().id)',
  ]
  const environment = { ...process.env, PYTHONPATH: '/opt/own:/opt/more' }
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=holdfast-source', command, ...argv], { env: environment })
  assert.equal(stdout, `${own} 1\n`)
  assert.ok(existsSync(join(client, 'holdfast.py')))
})

/** What the detector finds, worked out once more. */
function facesTo(frames: number): number {
  let faces = 0
  for (let frame = 0; frame < frames; frame++) faces += ((frame * 7919) % 13) % 4
  return faces
}
