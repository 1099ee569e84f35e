// What is made of the writer's answers, without a job's process: lines that are too few, and a chapter that comes in many pieces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobContext } from 'holdfast/job'
import type { Book } from './book.ts'
import type { BookOrder } from './order.ts'
import { planner, writtenChapter } from './story.ts'
import type { Order, Writer } from './writer/writer.ts'

const input: BookOrder = { id: 'a', title: 'T', premise: '', chapters: 3, words: 60, books: 1, seed: 's' }

function openDesk(answers: string[]) {
  const [said, orders]: [string[], Order[]] = [[], []]
  const job = {
    input,
    signal: new AbortController().signal,
    log: (line: string) => void said.push(line),
  } as unknown as JobContext<BookOrder>
  const writer: Writer = { name: 'w', write: async (order) => answers[orders.push(order) - 1] ?? 'One' }
  return { said, orders, job, writer }
}

test('lines that are too few are asked for again, each time with another seed, three times in all', async () => {
  const { said, orders, job, writer } = openDesk(['One\nTwo', 'One', '1. One\n2. Two\n3. Three\n4. Four'])
  assert.deepEqual(await planner(writer, job, 1).events('b'), ['One', 'Two', 'Three'])
  assert.equal(new Set(orders.map(({ seed }) => seed)).size, 3)
  assert.deepEqual(said, [
    'warning: the writer gave 2 of 3 lines; asking again, 1 of 2',
    'warning: the writer gave 1 of 3 lines; asking again, 2 of 2',
  ])
  await assert.rejects(planner(writer, job, 1).titles(['e']), { message: 'the writer gave 1 of 3 lines' })
  assert.equal(orders.length, 6)
})

test('a chapter in twenty thousand pieces: its words are counted a few times a second', async () => {
  let told = 0
  const { job } = openDesk([])
  const writer: Writer = {
    name: 'w',
    async write(_order, { onText }) {
      let text = ''
      for (let piece = 0; piece < 20_000; piece++) {
        text += 'word '
        onText?.(text)
      }
      return text
    },
  }
  const book: Book = {
    ...{ id: 'a', title: 'T', series: null, premise: '', blueprint: '', events: ['e'], words: 60, writer: 'w' },
    chapters: [{ title: 'One', words: 0 }],
  }
  const began = performance.now()
  await writtenChapter(writer, { ...job, progress: () => void told++ }, { book, chapter: 1, before: '', seed: 's' })
  assert.ok(told >= 1 && told <= 1 + (performance.now() - began) / 250, `${told} times`)
})
