// The arrows of DESIGN §5 as data: who may import whom, no cycles, and how long a file may be.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src', import.meta.url))

/** Folder → the folders it may import. `types` in front: only its types. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  store: ['core'],
  launch: ['core'],
  runner: ['core', 'store/store.ts', 'launch/launcher.ts', 'launch/attempt-files.ts', 'launch/lines.ts'],
  // Makes the real launcher; everything else in runner/ is given one.
  'runner/open-house.ts': ['core', 'store/store.ts', 'launch'],
  supervisor: ['core', 'store', 'runner'],
  contract: ['types core'],
  http: ['supervisor', 'contract'],
  client: ['types contract', 'types core'],
  views: ['types client'],
  live: ['client'],
  elements: ['views', 'live', 'client'],
  react: ['live', 'client'],
  cli: ['client', 'http', 'supervisor'],
  testing: ['core', 'launch/launcher.ts', 'launch/attempt-files.ts', 'runner', 'store', 'supervisor'],
  // The public names, one by one.
  'index.ts': ['core', 'supervisor', 'types runner'],
  'job.ts': ['types runner', 'runner/next-attempt.ts', 'supervisor/when-free.ts'],
}

/** What a folder must never know, beyond other folders. */
const forbiddenPackages: Record<string, RegExp> = {
  core: /^node:|^[^.]/,
  client: /^node:/,
  views: /^node:/,
  live: /^[^.]/,
  elements: /^node:/,
  react: /^node:|^preact/,
  contract: /^node:/,
  http: /^node:(sqlite|child_process)/,
  runner: /^node:sqlite|^sql-template-tag/,
  supervisor: /^node:(sqlite|http)|^sql-template-tag|^hono/,
}

interface Import {
  from: string
  to: string
  typesOnly: boolean
  /** Not with its file: when it is called. */
  isLate?: boolean
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
)
const imports = files.flatMap(importsOf)

test('every import follows an arrow', () => {
  const wrong = imports.filter((edge) => edge.to.startsWith('.') && !isAllowed(edge)).map(({ from, to }) => `${from} imports ${to}`)
  assert.deepEqual(wrong, [])
})

test('no folder knows what it must never know', () => {
  const wrong = imports
    .filter(({ from, to }) => !to.startsWith('.') && forbiddenPackages[folderOf(from)]?.test(to))
    .map(({ from, to }) => `${from} imports ${to}`)
  assert.deepEqual(wrong, [])
})

test('there is SQL in store/ only', () => {
  const withSql = files.filter(
    (file) =>
      /\bsql`|\b(select|insert into|update|delete from) \w+.*\b(from|values|set|where)\b/.test(code(file)) && folderOf(file) !== 'store',
  )
  assert.deepEqual(withSql, [])
})

test('there is no cycle among files', () => {
  const targets = Map.groupBy(
    imports.filter(({ to, typesOnly }) => to.startsWith('.') && !typesOnly),
    ({ from }) => from,
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `cycle: ${[...path, file].join(' → ')}`)
    if (done.has(file)) return
    for (const edge of targets.get(file) ?? []) visit(targetOf(edge), [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

test('what a job shares with its app loads no supervisor: `holdfast` and `holdfast/job` load what is small', () => {
  const atOnce = imports.filter(({ to, typesOnly, isLate }) => to.startsWith('.') && !typesOnly && !isLate)
  const loaded = new Set(['index.ts', 'job.ts'])
  for (const file of loaded) for (const edge of atOnce.filter(({ from }) => from === file)) loaded.add(targetOf(edge))
  const heavy = ['supervisor/open-holdfast.ts', 'runner/runner.ts', 'store/open-store.ts']
  assert.deepEqual(
    heavy.filter((file) => loaded.has(file)),
    [],
  )
  assert.ok(loaded.size < 40, `${loaded.size} files`)
})

test('no file is over 400 lines, and each says what it holds', () => {
  const long = files.filter((file) => read(file).split('\n').length > 400)
  const silent = files.filter((file) => !/^(#!.*\n)?\/[/*]/.test(read(file)))
  assert.deepEqual({ long, silent }, { long: [], silent: [] })
})

test('the rules can fail', () => {
  assert.equal(isAllowed({ from: 'core/job.ts', to: './../store/store.ts', typesOnly: false }), false)
  assert.equal(isAllowed({ from: 'runner/runner.ts', to: './../store/sqlite.ts', typesOnly: false }), false)
  assert.equal(isAllowed({ from: 'runner/runner.ts', to: './../launch/detached.ts', typesOnly: false }), false)
  assert.equal(isAllowed({ from: 'client/client.ts', to: './../core/job.ts', typesOnly: false }), false)
  assert.equal(isAllowed({ from: 'client/client.ts', to: './../core/job.ts', typesOnly: true }), true)
})

function importsOf(file: string): Import[] {
  const found = read(file).matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].map((match) => ({
    from: file,
    to: match[2] ?? match[3] ?? match[4] ?? '',
    typesOnly: match[1] !== undefined,
    isLate: match[4] !== undefined,
  }))
}

function isAllowed(edge: Import): boolean {
  const target = targetOf(edge)
  const folder = folderOf(edge.from)
  if (folderOf(target) === folder || target.startsWith('..')) return true
  return (arrows[edge.from] ?? arrows[folder] ?? []).some((arrow) => {
    const typesOnly = arrow.startsWith('types ')
    const name = arrow.replace('types ', '')
    return (target === name || target.startsWith(`${name}/`)) && (!typesOnly || edge.typesOnly)
  })
}

function targetOf({ from, to }: Import): string {
  return relative(source, resolve(source, dirname(from), to))
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? file
}

function read(file: string): string {
  return readFileSync(join(source, file), 'utf8')
}

function code(file: string): string {
  return read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
}
