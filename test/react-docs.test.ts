// The pages about the hooks are held to their code: the reference field by field, and the guide's components are drawn. That they compile is a test of the package.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('docs/reference/react.md', () => {
  const page = read('docs/reference/react.md')

  test('has a part for each thing that is exported', () => {
    const names = [...read('src/react/index.ts').matchAll(/^export \{ (\w+) \}/gm)].map((match) => match[1])
    const parts = [...page.matchAll(/^## (\w+)$/gm)].map((match) => match[1])
    assert.ok(names.length >= 9)
    assert.deepEqual(parts.sort(), names.sort())
  })

  const interfaces: Record<string, [string, ...string[]]> = {
    HoldfastProviderProps: ['provider.ts'],
    KindOptions: ['use-kind.ts'],
    KindState: ['use-kind.ts'],
    JobOptions: ['use-job.ts'],
    JobStanding: ['use-job.ts'],
    JobLogOptions: ['use-job-log.ts'],
    JobLogState: ['job-log.ts LogView', 'use-job-log.ts'],
    ActivityOptions: ['use-activity.ts'],
    ActivityState: ['use-activity.ts'],
    JobsState: ['job-list.ts JobListView', 'use-jobs.ts'],
    ArtifactState: ['use-artifact.ts'],
    JobQueryOptions: ['job-query-options.ts'],
  }
  for (const [name, places] of Object.entries(interfaces))
    test(`has a row for each member of ${name}, in its order, and no other`, () => {
      const members = places.flatMap((place) => {
        const [file = '', own = name] = place.split(' ')
        const body = new RegExp(`^export interface ${own}\\b.*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(`src/react/${file}`))?.[1] ?? ''
        return [...body.matchAll(/^ {2}(\w+)[?]?[:(<]/gm)].map((match) => match[1])
      })
      const table = new RegExp(`^\\| \`${name}\` \\|.*\\n\\|---.*\\n((?:\\|.*\\n)*)`, 'm').exec(page)?.[1] ?? ''
      const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])
      assert.ok(members.length > 0, `${name} was not found`)
      assert.deepEqual(rows, [...new Set(members)])
    })
})

describe('docs/guides/react.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-react-guide-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const blocks = [...read('docs/guides/react.md').matchAll(/```tsx\n\/\/ (\S+)\n([\s\S]*?)```/g)]
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [, name = '', code = ''] of blocks) writeFileSync(join(folder, name), code)

  test('its components are drawn, as not known yet on a server', async () => {
    const entry = join(folder, 'all.tsx')
    writeFileSync(
      entry,
      `import { renderToString } from 'react-dom/server'
import { Failures, Indicator, RebuildRequired } from './indicator.tsx'
import { Jobs } from './jobs.tsx'
import { options } from './query.tsx'
import { RebuildCard } from './rebuild-card.tsx'
import { RebuildLog } from './rebuild-log.tsx'
export const key = options.queryKey
export const drawn = renderToString(<Jobs><RebuildCard /><RebuildLog id={1} /><Indicator /><Failures /><RebuildRequired /></Jobs>)
`,
    )
    await build({
      ...{ root: folder, configFile: false, logLevel: 'warn' },
      oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
      resolve: { conditions: ['holdfast-source'] },
      ssr: { resolve: { conditions: ['holdfast-source'] }, noExternal: ['holdfast'] },
      build: { ssr: entry, outDir: join(folder, 'out'), rolldownOptions: { output: { entryFileNames: 'all.mjs' } } },
    })
    const { drawn, key } = await import(pathToFileURL(join(folder, 'out/all.mjs')).href)
    assert.equal(drawn, '<p>…</p><section aria-busy="false"><pre></pre></section><ul></ul>')
    assert.deepEqual(key, ['holdfast', 'job', 42])
  })
})
