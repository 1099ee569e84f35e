// The files of a build, and that nothing beside them can be had.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openDashboard } from './dashboard-files.ts'

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-dashboard-'))
  await mkdir(join(root, 'dist/assets'), { recursive: true })
  await writeFile(join(root, 'secret.js'), 'secret')
  await writeFile(join(root, 'dist/index.html'), '<head><!--base--><script src="./assets/a-1.js"></script></head>')
  await writeFile(join(root, 'dist/assets/a-1.js'), 'first')
  await writeFile(join(root, 'dist/assets/notes.exe'), 'x')
  await symlink(join(root, 'secret.js'), join(root, 'dist/assets/link.js'))
})
after(() => rm(root, { recursive: true }))

const text = (body: Uint8Array | undefined) => body && new TextDecoder().decode(body)

test('the page gets its base, and its files are kept for ever by their names', () => {
  const dashboard = openDashboard([join(root, 'none'), join(root, 'dist')])
  assert.match(dashboard.page('../'), /<head><base href="\.\.\/">/)
  const file = dashboard.file('/assets/a-1.js')
  assert.equal(text(file?.body), 'first')
  assert.equal(file?.headers['content-type'], 'text/javascript; charset=utf-8')
  assert.match(file?.headers['cache-control'] ?? '', /immutable/)
})

test('only files of the build are served', () => {
  const dashboard = openDashboard([join(root, 'dist')])
  const others = ['/assets/link.js', '/assets/notes.exe', '/assets/', '/assets', '/index.html', '/secret.js', '/assets/../index.html']
  for (const path of [...others, '/assets/../../secret.js', '/assets/%2e%2e/%2e%2e/secret.js', '/assets/a-1.js/', '__proto__']) {
    assert.equal(dashboard.file(path), undefined, path)
  }
})

test('the script of the page elements has one name, and a mark of what is in it', async () => {
  const dashboard = openDashboard([join(root, 'dist')])
  assert.equal(dashboard.elements(), undefined)
  await writeFile(join(root, 'dist/elements.js'), 'one')
  const one = dashboard.elements()
  assert.equal(text(one?.body), 'one')
  assert.equal(one?.headers['cache-control'], 'no-cache')
  await writeFile(join(root, 'dist/elements.js'), 'two')
  await utimes(join(root, 'dist/elements.js'), 2_000_000_000, 2_000_000_000)
  const two = dashboard.elements()
  assert.equal(text(two?.body), 'two')
  assert.notEqual(two?.headers.etag, one?.headers.etag)
})

test('a new build is seen without a restart', async () => {
  const dashboard = openDashboard([join(root, 'dist')])
  dashboard.page('./')
  await writeFile(join(root, 'dist/assets/a-2.js'), 'second')
  await utimes(join(root, 'dist/index.html'), 2_100_000_000, 2_100_000_000)
  dashboard.page('./')
  assert.equal(text(dashboard.file('/assets/a-2.js')?.body), 'second')
})

test('without a build the page says how to make one', () => {
  const dashboard = openDashboard([join(root, 'none')])
  assert.match(dashboard.page('./'), /npm run build:dashboard/)
  assert.equal(dashboard.file('/assets/a-1.js'), undefined)
})
