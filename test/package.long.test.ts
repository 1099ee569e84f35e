// What is published: packed, unpacked somewhere else, and used as users use it: no sources, no flags.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { ensurePython } from '../tools/python.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-package-'))
const installed = join(folder, 'node_modules/holdfast')
const python = ensurePython()
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

before(async () => {
  // The build goes through npm, whose scripts find the repository's own Node first.
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, maxBuffer: 16 * 1_048_576 })
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n')))
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1'])
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'holdfast' && !name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('the package holds the build and nothing of the workshop', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'bin', 'clients', 'dist', 'package.json'])
  assert.deepEqual(
    files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file)),
    [],
  )
  assert.ok(files.includes('dist/dashboard/index.html'))
  for (const target of Object.values<{ default: string; types: string } | string>(manifest.exports)) {
    const paths = typeof target === 'string' ? [target] : [target.default, target.types]
    for (const path of paths) assert.ok(files.includes(path.replace('./', '')) || path === './package.json', path)
  }
})

test('the client for browsers is one small module that imports nothing', async () => {
  const code = readFileSync(join(installed, 'dist/client/browser.js'), 'utf8')
  const bytes = gzipSync(code, { level: 9 }).length
  assert.ok(bytes <= 5 * 1_024, `${bytes} bytes`)
  assert.doesNotMatch(code, /\bimport\b|\brequire\(|\bprocess\b/)
  const program = `import { createClient } from 'holdfast/client'
    await createClient({ url: 'http://127.0.0.1:1' }).summary().catch(({ code }) => console.log(code))`
  for (const conditions of [[], ['--conditions=browser']]) {
    const { stdout } = await run(process.execPath, [...conditions, '--input-type=module', '-e', program], { cwd: folder })
    assert.equal(stdout, 'unreachable\n')
  }
})

test('the hooks work from the package: on a server, in a bundle, and with the types of an app', async () => {
  writeFileSync(
    join(folder, 'page.mjs'),
    `import { createElement as h } from 'react'
import { createClient } from 'holdfast/client'
import { HoldfastProvider, useActivity, useJob, useKind } from 'holdfast/react'
const Card = () => h('b', null, String([useKind('rebuild').isLoading, useJob({ kind: 'rebuild' }).state, useActivity().counts.active]))
export const Page = () => h(HoldfastProvider, { client: createClient({ url: 'http://127.0.0.1:1' }) }, h(Card))
`,
  )
  const draw = `import { renderToString } from 'react-dom/server'
    import { createElement } from 'react'
    import { Page } from './page.mjs'
    console.log(renderToString(createElement(Page)))`
  const drawn = await run(process.execPath, ['--input-type=module', '-e', draw], { cwd: folder })
  assert.equal(drawn.stdout, '<b>true,,0</b>\n')

  const made = await build({
    ...{ root: folder, configFile: false, logLevel: 'warn' },
    build: { write: false, lib: { entry: join(folder, 'page.mjs'), formats: ['es'] }, rolldownOptions: { external: /^react/ } },
  })
  const [{ output } = { output: [] }] = [made].flat() as { output: { code?: string; imports?: string[] }[] }[]
  assert.deepEqual(
    output.map(({ imports }) => imports?.sort()),
    [['react']],
  )
  assert.ok(gzipSync(output[0]?.code ?? '').length < 20 * 1_024)

  writeFileSync(
    join(folder, 'page.ts'),
    `import { defineJob, type KindsOf } from 'holdfast'
import { createHooks, useJobLog } from 'holdfast/react'
const kinds = [defineJob<{ rows: number }, null, 'rebuild'>({ kind: 'rebuild', command: ['true'] })]
const { useKind } = createHooks<KindsOf<typeof kinds>>()
export const start = () => useKind('rebuild').start({ rows: 7 })
export const lines: number = useJobLog(1, { tail: 10 }).lines.length
// @ts-expect-error A wrong input does not compile.
export const wrong = () => useKind('rebuild').start({ rows: 'many' })
`,
  )
  const guide = readFileSync(join(root, 'docs/guides/react.md'), 'utf8')
  const files = [...guide.matchAll(/```tsx\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => ({ name, code }))
  assert.ok(files.length >= 6)
  for (const { name, code } of files) writeFileSync(join(folder, name), code)
  for (const resolution of ['bundler', 'nodenext']) {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2024',
      '--module',
      module,
      '--moduleResolution',
      resolution,
      '--jsx',
      'react-jsx',
      '--allowImportingTsExtensions',
    ]
    await run(join(root, 'node_modules/.bin/tsc'), [...options, 'page.ts', ...files.map(({ name }) => name)], { cwd: folder }).catch(
      ({ stdout }) => assert.fail(stdout),
    )
  }
})

test('the page elements are one script of at most 25 KB that imports nothing at first; on a server it does nothing', async () => {
  const folderOf = join(installed, 'dist/dashboard')
  const code = readFileSync(join(folderOf, 'elements.js'), 'utf8')
  const bytes = gzipSync(code, { level: 9 }).length
  assert.ok(bytes <= 25 * 1_024, `${bytes} bytes`)
  assert.doesNotMatch(code, /^import\b|;import[ {*"'`]|\brequire\(|\bprocess\b/)
  const later = [...code.matchAll(/import\([`'"]\.\/(assets\/elements-[^`'"]+)[`'"]\)/g)].map(([, file]) => file ?? '')
  assert.deepEqual(
    later.map((file) => file.replace(/-[\w-]{8}\.js$/, '')),
    ['assets/elements-parts', 'assets/elements-log-part', 'assets/elements-fresh-part'],
  )
  for (const file of later) assert.ok(gzipSync(readFileSync(join(folderOf, file)), { level: 9 }).length <= 16_000, file)
  const program = `import { setApi } from 'holdfast/elements'; console.log(typeof setApi)`
  assert.equal((await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder })).stdout, 'function\n')
  writeFileSync(
    join(folder, 'elements.ts'),
    `import 'holdfast/elements'
document.querySelector('holdfast-start')?.busyLabel?.trim()
document.addEventListener('holdfast-settled', ({ detail }) => detail.state satisfies string)
// @ts-expect-error There is no such attribute.
document.querySelector('holdfast-start')?.nothing
`,
  )
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,dom',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  await run(join(root, 'node_modules/.bin/tsc'), [...options, 'elements.ts'], { cwd: folder }).catch(({ stdout }) => assert.fail(stdout))
})

test('the command works from the package', async () => {
  const command = join(installed, 'bin/holdfast.js')
  const { stdout } = await run(process.execPath, [command, 'run', '--data', join(folder, 'data'), '--', 'echo', 'packed'])
  assert.equal(stdout, 'packed\n')
  assert.equal((await run(process.execPath, [command, '--version'])).stdout.trim(), manifest.version)
})

test("a Python script finds the package's holdfast.py", async () => {
  const command = join(installed, 'bin/holdfast.js')
  const script = 'import holdfast; holdfast.result(holdfast.job().id); print(holdfast.__file__)'
  const { stdout } = await run(process.execPath, [command, 'run', '--data', join(folder, 'data'), '--', python, '-c', script])
  assert.equal(stdout.trim(), join(installed, 'clients/python/holdfast.py'))
})

test('a module job and the dashboard work from the package', async () => {
  writeFileSync(join(folder, 'work.js'), 'export default async (job) => { job.log("working"); return job.input }\n')
  writeFileSync(
    join(folder, 'app.mjs'),
    `import { defineJob, openHoldfast } from 'holdfast'
import { createHandler } from 'holdfast/http'
const kind = defineJob({ kind: 'work', module: new URL('./work.js', import.meta.url) })
const holdfast = await openHoldfast({ kinds: [kind], data: ${JSON.stringify(join(folder, 'app-data'))}, runner: true })
const { job } = await holdfast.submit(kind, { n: 7 })
const settled = await holdfast.wait(job.id)
const page = await createHandler(holdfast, { unprotected: true }).fetch(new Request('http://127.0.0.1/jobs/1'))
const script = /src="([^"]+)"/.exec(await page.text())[1]
const file = await createHandler(holdfast, { unprotected: true }).fetch(new Request(new URL(script, 'http://127.0.0.1/')))
console.log(JSON.stringify([settled.state, settled.result, page.status, file.status]))
await holdfast.close()
`,
  )
  const { stdout } = await run(process.execPath, ['app.mjs'], { cwd: folder })
  assert.deepEqual(JSON.parse(stdout), ['succeeded', { n: 7 }, 200, 200])
})
