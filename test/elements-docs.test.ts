// The reference of the page elements says what there is, and there is what it says.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { attributes, commonAttributes } from '../src/elements/attributes.ts'
import { events } from '../src/elements/events.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const reference = readFileSync(join(root, 'docs/reference/elements.md'), 'utf8')
const guide = readFileSync(join(root, 'docs/guides/page-elements.md'), 'utf8')

/** All text below a folder of src in files that end so. */
function textOf(folder: string, end: RegExp): string {
  const path = join(root, 'src', folder)
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => end.test(file))
  return files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n')
}

function rowsUnder(heading: string): string[][] {
  const section = reference.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('| all'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
}

const names = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')

test('attributes', () => {
  const documented = rowsUnder('Attributes')
    .filter((row) => row.length === 3)
    .map(([tag = '', name]) => `${tag.replaceAll('`', '')} ${names(name)[0]}`)
  const real = [
    ...commonAttributes.map((name) => `all ${name}`),
    ...Object.entries(attributes).flatMap(([tag, own]) => own.map((name) => `${tag} ${name}`)),
  ]
  assert.deepEqual(documented, real)
})

test('events, and which element has them', () => {
  const documented = rowsUnder('Events').flatMap(([name, of = '']) => of.split(', ').map((tag) => `holdfast-${tag} ${names(name)[0]}`))
  const real = Object.entries(events).flatMap(([tag, own]) => own.map((name) => `${tag} ${name}`))
  assert.deepEqual(documented.sort(), real.sort())
  const told = [...textOf('elements', /\.tsx?$/).matchAll(/\.tell\('([a-z-]+)'/g)].map((match) => match[1])
  assert.deepEqual([...new Set(told)].sort(), [...new Set(real.map((each) => each.split(' ')[1]))].sort())
})

test('custom properties', () => {
  const css = textOf('views', /\.css$/) + textOf('elements', /\.css$/)
  const real = new Set(css.match(/(?<=var\()--holdfast-[a-z0-9-]+/g))
  const documented = rowsUnder('Looks')
    .flatMap(([cell]) => names(cell))
    .filter((name) => name.startsWith('--'))
  assert.deepEqual(documented.sort(), [...real].sort())
})

test('parts and slots', () => {
  const views = textOf('elements', /\.tsx$/)
  const real = [...views.matchAll(/ part="([^"]+)"/g), ...views.matchAll(/<slot name="([^"]+)"/g)].map((match) => match[1])
  const documented = rowsUnder('Looks')
    .flatMap(([cell]) => names(cell))
    .filter((name) => !name.startsWith('--'))
  assert.deepEqual(documented.sort(), [...new Set(real)].sort())
})

test('what the guide and the reference write in pages are elements and attributes that there are', () => {
  for (const [, tag = '', own = ''] of `${guide}\n${reference}`.matchAll(/<(holdfast-[a-z]+)((?: [a-z-]+(?:=(?:"[^"]*"|'[^']*'))?)*)>/g)) {
    const known: readonly string[] = [...commonAttributes, ...(attributes[tag as keyof typeof attributes] ?? []), 'id', 'slot']
    assert.ok(tag in attributes, tag)
    for (const [, name = ''] of own.matchAll(/ ([a-z-]+)(?:=(?:"[^"]*"|'[^']*'))?/g)) assert.ok(known.includes(name), `${tag} ${name}`)
  }
})
