// More streams than there is room for take turns, and each gets one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../test/contract/temporary.ts'
import { type Slot, takeSlot } from './slots.ts'

test('at most three are open at once, whoever waits gets a turn, and who leaves makes room at once', async () => {
  let open = 0
  let most = 0
  const turns = new Map<number, number>()
  const slots = new Map<number, Slot>()
  const take = (name: number) => {
    let isOpen = false
    const slot = takeSlot(
      () => {
        isOpen = true
        most = Math.max(most, ++open)
        turns.set(name, (turns.get(name) ?? 0) + 1)
      },
      () => {
        free()
        take(name)
      },
    )
    const free = () => {
      if (isOpen) open--
      isOpen = false
      slot.free()
    }
    slots.set(name, { free })
  }
  for (let name = 1; name <= 5; name++) take(name)
  assert.equal(open, 3)
  await until('a turn for each', () => turns.size === 5)
  assert.equal(most, 3)
  for (const { free } of slots.values()) free()
  assert.equal(open, 0)
})
