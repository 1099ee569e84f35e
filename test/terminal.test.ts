// A command made of holdfast/terminal, as a process of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from './contract/temporary.ts'

const folder = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.terminal-'))
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
const program = join(folder, 'app.ts')
writeFileSync(
  program,
  `import { defineJob, HoldfastError, openHoldfast } from 'holdfast'
import { commandLine, runCommand, terminalLogger } from 'holdfast/terminal'
const long = defineJob({ kind: 'long', command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] })
await runCommand(async () => {
  const { data, values, positionals } = commandLine({ usage: 'app [WORD]', port: 1, options: { start: { type: 'boolean' } }, allowPositionals: true })
  if (positionals[0] === 'fault') throw new TypeError('a fault of the app')
  const holdfast = await openHoldfast({ data, kinds: [long], logger: terminalLogger() })
  const id = values.start ? (await holdfast.submit(long, {})).job.id : null
  if (id !== null) for await (const { state } of holdfast.watch(id)) if (state === 'running') break
  // Said when the command has returned: from then on it stops cleanly.
  setImmediate(() => console.log('serves', id))
  const ready = positionals[0] === 'late' ? Promise.reject(new HoldfastError('data_folder', 'The films cannot be read.')) : undefined
  return { holdfast, close: async () => { console.log('closes'); await holdfast.close() }, ready }
})
`,
)

/** Resolves with its exit code and with what it printed, once it is over. */
function command(...args: string[]) {
  const env = { ...process.env, HOLDFAST_RUNNER: 'on' }
  const child = spawn(process.execPath, ['--conditions=holdfast-source', program, '--data', join(folder, 'data'), ...args], { env })
  let [out, error] = ['', '']
  child.stdout.on('data', (text) => (out += text))
  child.stderr.on('data', (text) => (error += text))
  const ended = once(child, 'close').then(([code]) => ({ code, out, error }))
  return { child, ended, serves: () => until('it serves', () => /serves (\S+)/.exec(out)?.[1]) }
}

test('Ctrl+C closes an app and says that what runs goes on; the next start finds it', async () => {
  const first = command('--start')
  const id = Number(await first.serves())
  first.child.kill('SIGINT')
  const { code, out, error } = await first.ended
  assert.deepEqual([code, error], [0, ''])
  assert.match(out, /Stopped\. What runs goes on; the next start finds it\.\ncloses\n$/)

  const second = command()
  await second.serves()
  const { openHoldfast } = await import('holdfast')
  const holdfast = await openHoldfast({ data: join(folder, 'data'), runner: false })
  await holdfast.cancel(id)
  await until('it is cancelled', async () => (await holdfast.get(id))?.state === 'cancelled')
  await holdfast.close()
  second.child.kill('SIGTERM')
  const ended = await second.ended
  assert.equal(ended.code, 0)
  assert.match(ended.out, /what was left behind: adopted 1/)
  assert.match(ended.out, /\nStopped\.\ncloses\n$/)
})

test('an expected error is one sentence and an exit code; a fault keeps its stack', async () => {
  const [wrong, late, fault] = await Promise.all([command('--port=x'), command('late'), command('fault')].map(({ ended }) => ended))
  assert.deepEqual(wrong, { code: 2, out: '', error: 'The port has to be a number from 0 to 65535, not “x”. Usage: app [WORD].\n' })
  assert.match(late?.error ?? '', /^The films cannot be read\. [^\n]+\n$/)
  assert.ok(late?.code !== 0 && late?.code !== 1)
  assert.match(fault?.error ?? '', /TypeError: a fault of the app\n +at /)
  assert.equal(fault?.code, 1)
})
