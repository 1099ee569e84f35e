// The proof of life: held, let go, told at once; and never taken for "dead" because we ourselves are in trouble.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { limits } from '../core/limits.ts'
import { holdFifo, isHeld, onLetGo } from './fifo.ts'
import { makeFifos } from './folder-pool.ts'

const folder = temporaryFolder('fifo')
let count = 0
async function fifo(): Promise<string> {
  const path = join(folder, `fifo-${count++}`)
  await makeFifos([path])
  return path
}

/** Resolves when it was let go; rejects when that was told no sooner than by the slow poll. */
async function toldAtOnce(path: string, letGo: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<true>()
  const stop = onLetGo(path, () => resolve(true))
  letGo()
  const told = await Promise.race([promise, delay(limits.pollMs * 0.8, false)])
  stop()
  assert.ok(told, 'only the slow poll would have told it')
}

describe('fifo', () => {
  test('held by one, by two, by none; a looker holds nothing', async () => {
    const path = await fifo()
    assert.equal(isHeld(path), false)
    const [first, second] = [holdFifo(path), holdFifo(path)]
    assert.deepEqual([isHeld(path), isHeld(path)], [true, true])
    closeSync(first)
    assert.equal(isHeld(path), true)
    closeSync(second)
    assert.deepEqual([isHeld(path), isHeld(path)], [false, false])
    assert.equal(isHeld(join(folder, 'nothing')), false)
  })

  test('letting go is told at once, and only then', async () => {
    const path = await fifo()
    const held = holdFifo(path)
    let told = false
    const stop = onLetGo(path, () => {
      told = true
    })
    assert.equal(told, false)
    await toldAtOnce(path, () => closeSync(held))
    stop()
  })

  test('what was let go before the watching began is told at once too', async () => {
    const path = await fifo()
    closeSync(holdFifo(path))
    await toldAtOnce(path, () => undefined)
  })

  test('nothing is told after the watching was stopped', async () => {
    const path = await fifo()
    const held = holdFifo(path)
    let told = 0
    onLetGo(path, () => told++)()
    await toldAtOnce(path, () => closeSync(held))
    assert.equal(told, 0)
  })

  test('I10: a process that can open no more files does not take the living for dead', async () => {
    const path = await fifo()
    const held = holdFifo(path)
    const look = `
      const { openSync } = await import('node:fs')
      const { isHeld } = await import(${JSON.stringify(fileURLToPath(new URL('./fifo.ts', import.meta.url)))})
      isHeld(${JSON.stringify(path)})
      try { for (;;) openSync('/dev/null') } catch (error) { if (error.code !== 'EMFILE') throw error }
      let seen
      try { seen = isHeld(${JSON.stringify(path)}) } catch { seen = 'refused to say' }
      process.stdout.write(String(seen))`
    const seen = execFileSync('sh', ['-c', 'ulimit -n 300; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', look], {
      encoding: 'utf8',
    })
    closeSync(held)
    assert.notEqual(seen, 'false')
  })
})
