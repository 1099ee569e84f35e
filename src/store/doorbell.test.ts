// The doorbell: rings for others and for us, many changes in one turn are one ring, and trouble with it harms nobody.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { openDoorbell } from './doorbell.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('another one on the same file hears it; nobody hears it after unsubscribing or closing', async () => {
  const file = join(temporaryFolder('bell'), 'doorbell')
  const [ours, theirs] = [openDoorbell(file), openDoorbell(file)]
  let [left, closed] = [0, 0]
  theirs.onRing(() => left++)()
  const quiet = openDoorbell(file)
  quiet.onRing(() => closed++)
  quiet.close()
  for (let ring = 0; ring < 3; ring++) {
    const heard = new Promise<void>((resolve) => {
      const unsubscribe = theirs.onRing(() => {
        unsubscribe()
        resolve()
      })
    })
    ours.ring()
    await heard
  }
  assert.deepEqual([left, closed], [0, 0])
  ours.close()
  theirs.close()
  ours.ring()
  quiet.ring()
})

test('in memory: many rings in one turn are one, and a listener that leaves while it rings is no trouble', async () => {
  const bell = openDoorbell(null)
  let heard = 0
  bell.onRing(() => heard++)
  const unsubscribe = bell.onRing(() => unsubscribe())
  for (let ring = 0; ring < 100; ring++) bell.ring()
  assert.equal(heard, 0, 'not inside the call that rings')
  await turn()
  assert.equal(heard, 1)
  bell.ring()
  await turn()
  assert.equal(heard, 2)
  bell.close()
  bell.ring()
  await turn()
  assert.equal(heard, 2)
})

test('a ring that is on its way when the bell is closed reaches nobody', async () => {
  const bell = openDoorbell(null)
  let heard = 0
  bell.onRing(() => heard++)
  bell.ring()
  bell.close()
  await turn()
  assert.equal(heard, 0)
})
