// I8: a book with a piece missing is refused before anybody reads it, with the reason.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { type Book, chapterPath, fileNames } from '../book.ts'
import { assemble, faultOf } from './assemble.ts'

const book: Book = {
  ...{ id: 'a', title: 'A & B', series: { title: 'S', number: 1, of: 2 }, premise: 'x < y', blueprint: 'b', events: ['e', 'f'] },
  ...{
    chapters: [
      { title: 'One', words: 0 },
      { title: 'Two', words: 0 },
    ],
    words: 60,
    writer: 'w',
  },
}

const faults: [string, (folder: string) => void, RegExp][] = [
  ['a chapter that is not there', (folder) => rmSync(chapterPath(folder, 2)), /^book-a: chapter 2 of 2 is not there$/],
  ['an empty chapter', (folder) => writeFileSync(chapterPath(folder, 1), ' \n'), /^book-a: chapter 1 of 2 is not there$/],
  [
    'an EPUB that was cut',
    (folder) => writeFileSync(join(folder, fileNames.epub), 'PK'),
    /^book-a: the EPUB is not whole: it does not begin with its mimetype$/,
  ],
  ['files of another text', (folder) => writeFileSync(chapterPath(folder, 1), 'new text'), /^book-a: the Markdown is not the whole book$/],
]

test('I8: what is whole may be published, and says how long it is', () => {
  const { staging, folder } = written()
  assert.equal(faultOf(staging), null)
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'book.json'), 'utf8')).chapters, [
    { title: 'One', words: 3 },
    { title: 'Two', words: 2 },
  ])
})

for (const [what, spoil, expected] of faults)
  test(`I8: refused: ${what}`, () => {
    const { staging, folder } = written()
    spoil(folder)
    assert.match(faultOf(staging) ?? '', expected)
  })

test('I8: an EPUB of fewer chapters is refused', () => {
  const { staging, folder } = written()
  const shorter = readFileSync(join(folder, fileNames.epub))
  writeFileSync(chapterPath(folder, 3), 'three')
  assemble(folder, { ...book, chapters: [...book.chapters, { title: 'Three', words: 0 }] })
  writeFileSync(join(folder, fileNames.epub), shorter)
  assert.equal(faultOf(staging), 'book-a: the EPUB is not whole: EPUB/chapter-03.xhtml is missing')
})

function written() {
  const staging = temporaryFolder('bookapp-staging')
  const folder = join(staging, 'book-a')
  mkdirSync(folder)
  writeFileSync(chapterPath(folder, 1), 'one two three\n')
  writeFileSync(chapterPath(folder, 2), 'four\n\nfive\n')
  assemble(folder, book)
  return { staging, folder }
}
