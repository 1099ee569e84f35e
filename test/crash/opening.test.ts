// I1: several processes that open one new folder at the same time all come in: nobody finds it half made.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../contract/temporary.ts'

const root = temporaryFolder('opening')
const source = fileURLToPath(new URL('../../src/runner/data-folder.ts', import.meta.url))

test('four processes make one new data folder at the same moment, again and again: all of them have it', async () => {
  const program = `const { makeDataFolder } = await import(${JSON.stringify(source)})
    await new Promise((resolve) => process.once('message', resolve).send('here'))
    for (let round = 0; round < 200; round++) makeDataFolder(${JSON.stringify(root)} + '/round-' + round + '/data')
    process.exit()`
  const makers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '--conditions=holdfast-source', '-e', program], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }),
  )
  let said = ''
  for (const maker of makers) maker.stderr?.on('data', (chunk) => (said += chunk))
  await Promise.all(makers.map((maker) => once(maker, 'message')))
  const exits = makers.map((maker) => once(maker, 'exit'))
  for (const maker of makers) maker.send('go')
  assert.deepEqual(
    (await Promise.all(exits)).map(([code]) => code),
    new Array(4).fill(0),
    said,
  )
})
