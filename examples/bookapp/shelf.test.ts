// The shelf of many books: a page has its bound, and what is newest, or being written, comes first.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { defineJob } from 'holdfast'
import { openTestHoldfast } from 'holdfast/testing'
import type { App } from './app.ts'
import { artifactOf, saveBook } from './book.ts'
import { settingsFrom } from './settings.ts'
import { openShelf } from './shelf.ts'
import { shelfPage } from './web/shelf-page.ts'

const write = defineJob<{ id: string; title: string }>({
  kind: 'write',
  artifacts: ({ id }) => [artifactOf(id)],
  run({ input: { id, title }, output }) {
    const plan = { series: null, premise: '', blueprint: '', events: [], chapters: [], words: 50, writer: 'w' }
    saveBook(output(artifactOf(id)), { id, title, ...plan })
  },
})

test('a book that cannot be read hides no other, and none stays open', async (t) => {
  const { mock } = t.mock.method(console, 'error', () => {})
  await using holdfast = await openTestHoldfast({ kinds: [write] })
  const ids = ['before', 'broken', 'whole']
  for (const id of ids) await holdfast.perform(write, { id, title: id })
  const { path } = (await holdfast.artifact(artifactOf('broken')).current()) ?? { path: '' }
  rmSync(join(path, 'book.json'))
  const shelf = openShelf(holdfast)
  const shown = (await shelf.page(1))?.books.map(({ id, published }) => [id, published?.edition])
  assert.deepEqual(shown?.sort(), [
    ['before', 1],
    ['broken', undefined],
    ['whole', 1],
  ])
  assert.match(String(mock.calls[0]?.arguments[0]), /book-broken.* cannot be read: Error: ENOENT/)
  // The current edition is held between two looks; an older one is only where it was not closed.
  for (const id of ids) await holdfast.perform(write, { id, title: id })
  await holdfast.clock.advance(120_000)
  for (const id of ids) {
    const { kept = [] } = (await holdfast.artifact(artifactOf(id)).detail()) ?? {}
    assert.deepEqual([id, kept.filter(({ isCurrent, readers }) => !isCurrent && readers.length > 0)], [id, []])
  }
})

test('books that no job is kept of have a card each', () => {
  const books = ['One', 'Two'].map((title) => ({ id: title.toLowerCase(), title, published: null, job: null, isActive: false }))
  const settings = settingsFrom({})
  const drawn = String(shelfPage({ settings } as App, { books, page: 1, pages: 1, readable: 0, active: 0 }))
  for (const { id, title } of books) assert.ok(drawn.includes(`href="/books/${id}"><b>${title}</b>`), title)
  assert.doesNotMatch(drawn, /undefined|<holdfast-job/)
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
