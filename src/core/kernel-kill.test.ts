import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KernelFacts, kernelKill } from './kernel-kill.ts'

const facts = (given: Partial<KernelFacts>): KernelFacts => ({
  exitCode: 137,
  outOfMemory: 'no',
  limits: {},
  appliesMemory: false,
  ...given,
})
const limits = { memoryBytes: 536_870_912, cpuSeconds: 60 }

test('an end by the kernel is called what it was, and nothing else is', () => {
  const cases: [Partial<KernelFacts>, string | null][] = [
    [{}, null],
    [{ limits }, null],
    [{ outOfMemory: 'likely' }, 'signal: Out of memory: the machine ran out of it, and the kernel most likely killed it'],
    [{ outOfMemory: 'yes' }, 'signal: Out of memory: the machine ran out of it, and the kernel killed it'],
    [{ outOfMemory: 'yes', limits, appliesMemory: true }, 'limit: Out of memory: it reached its limit of 512 MB, so the kernel killed it'],
    [{ outOfMemory: 'yes', limits }, 'signal: Out of memory: the machine ran out of it, and the kernel killed it'],
    [{ outOfMemory: 'yes', exitCode: null }, 'signal: Out of memory: the machine ran out of it, and the kernel killed it'],
    [{ outOfMemory: 'yes', exitCode: 1 }, null],
    [{ exitCode: 152 }, null],
    [{ exitCode: 152, limits }, 'limit: Used more than 1 min of processor time'],
  ]
  for (const [given, words] of cases) {
    const named = kernelKill(facts(given))
    assert.equal(named && `${named.kind}: ${named.message}`, words, JSON.stringify(given))
    assert.ok(!named || (named.hint && named.message.length < 200))
  }
})
