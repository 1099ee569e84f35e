// What the package says of itself, and how large its dashboard is. What is in it and that it works: package.long.test.ts.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { ensureDashboard } from '../tools/dashboard.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

test('no page of the dashboard needs more than 90 KB, style sheets and all', () => {
  ensureDashboard()
  const folderOf = join(root, 'dashboard/dist')
  const bytes = (file: string) => gzipSync(readFileSync(join(folderOf, file)), { level: 9 }).length
  const page = readFileSync(join(folderOf, 'index.html'), 'utf8')
  const first = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? '')
  assert.ok(first.length >= 3, first.join(' '))
  const rest = readdirSync(join(folderOf, 'assets')).filter((file) => /-page-[^.]+\.js$/.test(file))
  assert.equal(rest.length, 8, rest.join(' '))
  const ofFirst = first.reduce((sum, file) => sum + bytes(file), 0)
  for (const file of rest)
    assert.ok(ofFirst + bytes(`assets/${file}`) <= 90_000, `${ofFirst} and ${bytes(`assets/${file}`)} bytes of ${file}`)
})

test('no dependency of the package has an install script, and every version is exact', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const scripted = Object.entries<{ hasInstallScript?: boolean; dev?: boolean }>(lock.packages).filter(
    ([, entry]) => entry.hasInstallScript && !entry.dev,
  )
  assert.deepEqual(scripted, [])
  for (const [name, version] of Object.entries<string>(manifest.dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name)
})
