// I3 on the means of ending a tree that cannot promise it: whoever is seen is ended, and what is reported agrees with what is seen.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { escapeNames, stopEscape } from '../../test/contract/escapes.ts'
import { openLaunching } from '../../test/contract/launched.ts'

const last = 'and without any descriptor of ours'

// Whoever is seen is ended; whoever cannot be seen may live on. What is reported agrees with what is seen.
describe('the tier marks', () => {
  const launching = openLaunching('tier-marks', { killTier: 'marks' })
  for (const way of escapeNames)
    test(`I3: ${way === last ? 'what nothing tells of is the limit' : 'nobody is left'}: ${way}`, async () => {
      const { gone, survivors, lives, proven } = await stopEscape(launching, way)
      assert.deepEqual({ gone, survivors, proven }, { gone: true, survivors: 0, proven: false })
      if (way !== last) assert.equal(lives, false)
    })
})

describe('the tier group', () => {
  const launching = openLaunching('tier-group', { killTier: 'group' })
  for (const way of escapeNames)
    test(`I3: gone is said of nobody who lives, but of one without our descriptors: ${way}`, async () => {
      const { gone, survivors, lives } = await stopEscape(launching, way)
      assert.equal(gone, survivors === 0)
      if (way !== last) assert.equal(lives, !gone)
      if (way.startsWith('a plain') || way.includes('group')) assert.equal(lives, false)
    })
})
