// In which order the reasons count that a kind is shown in this or that condition.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KnownOfKind, kindCondition } from './kind-condition.ts'

const ended = (...states: KnownOfKind['recent'][number]['state'][]) => states.map((state) => ({ state }))

test('the first that holds: silent, active, wanted otherwise, how the last job ended that nobody cancelled, nothing yet', () => {
  const known: [Partial<KnownOfKind>, string][] = [
    [{ active: { flags: ['disconnected', 'stalled'] }, required: ['index'], recent: ended('failed') }, 'stalled'],
    [{ active: { flags: ['leftovers'] }, required: ['index'], recent: ended('failed') }, 'active'],
    [{ required: ['index'], recent: ended('failed') }, 'required'],
    [{ recent: ended('failed', 'succeeded') }, 'succeeded'],
    [{ recent: ended('succeeded', 'failed') }, 'failed'],
    [{ recent: ended('succeeded', 'interrupted') }, 'failed'],
    [{ recent: ended('succeeded', 'expired', 'cancelled', 'cancelled') }, 'failed'],
    [{ recent: ended('succeeded', 'cancelled') }, 'succeeded'],
    [{ recent: ended('cancelled') }, 'idle'],
    [{}, 'idle'],
  ]
  for (const [given, condition] of known) assert.equal(kindCondition({ active: null, required: [], recent: [], ...given }), condition)
})
