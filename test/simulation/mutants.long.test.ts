// The simulator is not blind: it finds each fault that is planted.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { mutants } from './mutants.ts'
import { simulate } from './simulate.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-simulation-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** A planted fault that so many histories do not show is not found. */
const mutantSeeds = 60

describe('planted faults are found', () => {
  for (const mutant of mutants)
    test(mutant.name, async (t) => {
      for (let seed = mutant.foundIn; seed < mutant.foundIn + mutantSeeds; seed++) {
        const { violation } = await simulate({ seed, root, mutant })
        if (violation === null) continue
        t.diagnostic(`found after ${seed - mutant.foundIn + 1} histories, seed ${seed}: ${violation.slice(0, 160)}`)
        assert.equal((await simulate({ seed, root })).violation, null, 'the fault is the mutant’s, not ours')
        return
      }
      assert.fail(`not found in ${mutantSeeds} histories`)
    })
})
