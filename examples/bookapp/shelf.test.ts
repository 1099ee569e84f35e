// The shelf of many books: a page has its bound, and what is newest, or being written, comes first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineJob } from 'holdfast'
import { openTestHoldfast } from 'holdfast/testing'
import { artifactOf, writeBook } from './book.ts'
import { openShelf } from './shelf.ts'

const write = defineJob<{ id: string; title: string }>({
  kind: 'write',
  artifacts: ({ id }) => [artifactOf(id)],
  run({ input: { id, title }, output }) {
    const plan = { series: null, premise: '', blueprint: '', events: [], chapters: [], words: 50, writer: 'w' }
    writeBook(output(artifactOf(id)), { id, title, ...plan })
  },
})

test('48 books on a page, newest first, and what is being written before all; a new edition is read anew', async () => {
  await using holdfast = await openTestHoldfast({ kinds: [write] })
  const shelf = openShelf(holdfast)
  assert.deepEqual(await shelf.page(1), { books: [], page: 1, pages: 1, readable: 0, active: 0 })
  for (let number = 1; number <= 50; number++) {
    await holdfast.perform(write, { id: `b${number}`, title: `Book ${number}` })
    await holdfast.clock.advance(1)
  }
  const titles = async (page: number) => (await shelf.page(page))?.books.map(({ title }) => title)
  const from = (newest: number, oldest: number) => Array.from({ length: newest - oldest + 1 }, (_, index) => `Book ${newest - index}`)
  assert.deepEqual([await titles(1), await titles(2)], [from(50, 3), from(2, 1)])
  for (const none of [0, 3, 1.5, Number.NaN]) assert.equal(await shelf.page(none), null)

  await holdfast.submit(write, { id: 'b1', title: 'The First Book' })
  await holdfast.submit(write, { id: 'new', title: 'New' }, { name: 'New' })
  assert.deepEqual([(await titles(1))?.slice(0, 3), (await shelf.page(2))?.active], [['New', 'Book 1', 'Book 50'], 2])
  await holdfast.drain()
  assert.deepEqual([(await shelf.book('b1'))?.published?.edition, (await titles(1))?.includes('The First Book')], [2, true])
})
