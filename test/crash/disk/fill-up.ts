// The story of a disk that fills up while jobs run, is emptied again, and becomes read-only: `node fill-up.ts SMALL-DISK ROOM`. Ends with 0 when all was as it should be.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Holdfast, openHoldfast } from '../../../src/index.ts'
import { until } from '../../contract/temporary.ts'
import { kinds } from '../kills/kinds.ts'

const [small = '', room = ''] = process.argv.slice(2)
const data = join(small, 'data')
const filler = join(small, 'filler')
const logger = { info() {}, warn() {}, error() {} }
const open = () => openHoldfast({ data, kinds, runner: { slots: 8 }, logger })

let holdfast = await open()
// Whatever becomes of us, they end with the test's folder.
const isThere = (gate: string) => `[ -e ${room}/${gate} ] || [ ! -d ${room} ]`
const waitsFor = (gate: string) => `echo ready; until ${isThere(gate)}; do sleep 0.02; done`
const submit = async (script: string) => (await holdfast.submit('shell', { script })).job.id

// Each ends while the disk is full: well, badly, by trouble of its own, and with its runner gone.
const ids = {
  well: await submit(`${waitsFor('gate')}; exit 0`),
  badly: await submit(`${waitsFor('gate')}; exit 3`),
  writes: await submit(`${waitsFor('gate')}; head -c 1000000 /dev/zero > ${small}/own || exit 28`),
  unseen: await submit(`${waitsFor('gate')}; until ${isThere('gate-2')}; do sleep 0.02; done; exit 4`),
}
for (const id of Object.values(ids)) await until(`job ${id} runs`, async () => (await linesOf(holdfast, id)).includes('ready'))

fill()
writeFileSync(join(room, 'gate'), '')
await until(
  'the exit records, written on a full disk',
  () => [ids.well, ids.badly, ids.writes].map(recordOf).join('') === '000\n003\n028\n',
)
assert.equal(recordOf(ids.unseen), '---\n')
await until('the trouble is told', () => holdfast.trouble() !== null)
await assert.rejects(holdfast.submit('shell', { script: 'true' }), { code: 'database_unavailable' })
// Nothing is called failed because we could not write.
for (const id of Object.values(ids)) assert.equal((await holdfast.get(id))?.state, 'running')

// Its runner closes, or is killed, with all of that unwritten: what comes next finds it.
await holdfast.close()
writeFileSync(join(room, 'gate-2'), '')
await until('the last exit record', () => recordOf(ids.unseen) === '004\n')
const refused = await open().then(
  async (opened) => void (await opened.close()),
  (error) => error,
)
if (refused) assert.ok(['database_unavailable', 'data_folder'].includes(refused.code), `opening on a full disk: ${refused.stack}`)

rmSync(filler)
const started = performance.now()
holdfast = await open()
const jobs = await Promise.all(Object.values(ids).map((id) => holdfast.wait(id, { signal: AbortSignal.timeout(20_000) })))
console.log(`all recorded ${Math.round(performance.now() - started)} ms after there was room again`)
assert.deepEqual(
  jobs.map(({ state, exitCode, attempts }) => [state, exitCode, attempts]),
  [
    ['succeeded', 0, 1],
    ['failed', 3, 1],
    ['failed', 28, 1],
    ['failed', 4, 1],
  ],
)
for (const id of Object.values(ids)) assert.deepEqual(await linesOf(holdfast, id), ['ready'])

// The same with a runner that stays: it recovers by itself.
const last = await submit(`${waitsFor('gate-3')}; exit 5`)
await until('it runs', async () => (await linesOf(holdfast, last)).includes('ready'))
fill()
writeFileSync(join(room, 'gate-3'), '')
await until('the trouble is told', () => holdfast.trouble() !== null)
assert.equal((await holdfast.get(last))?.state, 'running')
rmSync(filler)
const after = await holdfast.wait(last, { signal: AbortSignal.timeout(20_000) })
assert.deepEqual([after.state, after.exitCode, after.attempts], ['failed', 5, 1])
await until('the trouble is over', () => holdfast.trouble() === null)
assert.equal((await holdfast.wait((await holdfast.submit('shell', { script: 'true' })).job.id)).state, 'succeeded')

// Read-only under a job that runs. A whole file system does not become so while its files are open, so the database's files do, for root too.
const files = readdirSync(data)
  .filter((name) => name.startsWith('holdfast.db'))
  .map((name) => join(data, name))
if (spawnSync('chattr', ['+i', ...files]).status === 0) {
  execFileSync('chattr', ['-i', ...files])
  const { id } = (await holdfast.submit('shell', { script: `${waitsFor('gate-4')}; echo written; exit 6` })).job
  await until('it runs', async () => (await linesOf(holdfast, id)).includes('ready'))
  execFileSync('chattr', ['+i', ...files])
  writeFileSync(join(room, 'gate-4'), '')
  await until('its exit record', () => recordOf(id) === '006\n')
  await until('the trouble is told', () => holdfast.trouble() !== null)
  await assert.rejects(holdfast.submit('shell', { script: 'true' }), { code: 'database_unavailable' })
  assert.equal((await holdfast.get(id))?.state, 'running')
  console.log(holdfast.trouble())
  execFileSync('chattr', ['-i', ...files])
  const { state, exitCode, attempts } = await holdfast.wait(id, { signal: AbortSignal.timeout(20_000) })
  assert.deepEqual([state, exitCode, attempts, await linesOf(holdfast, id)], ['failed', 6, 1, ['ready', 'written']])
  await until('the trouble is over', () => holdfast.trouble() === null)
}
await holdfast.close()

// Read-only: refused with a sentence, changed nothing, and all is well when it can be written again.
execFileSync('mount', ['-o', 'remount,ro', small])
await assert.rejects(open(), (error: Error & { code?: string }) => ['database_unavailable', 'data_folder'].includes(error.code ?? ''))
execFileSync('mount', ['-o', 'remount,rw', small])
holdfast = await open()
assert.equal((await holdfast.get(last))?.state, 'failed')
await holdfast.close()

// To the last byte, for everybody: what was reserved for a file's next block too.
function fill(): void {
  const descriptor = openSync(filler, 'a')
  for (const bytes of [1_048_576, 65_536, 4_096, 512, 1])
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(bytes))
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'ENOSPC')
    }
  try {
    fsyncSync(descriptor)
  } catch {
    // Full is what it should be.
  }
  closeSync(descriptor)
}

function recordOf(id: number): string {
  const folder = readdirSync(join(data, 'attempts')).find((name) => name.startsWith(`${id}-1-`)) ?? ''
  // A shim may add a word.
  return readFileSync(join(data, 'attempts', folder, 'exit'), 'utf8').slice(0, 4)
}

async function linesOf(from: Holdfast, id: number): Promise<string[]> {
  return (await from.log(id, { stream: ['stdout'] })).lines.map(({ text }) => text)
}
