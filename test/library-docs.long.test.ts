// The guides' snippets are run: each prints what it says it prints.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { testSchema } from './contract/postgres-cluster.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('snippets', { concurrency: 3 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-guides-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Programs in the order of the page; a block that begins with a file's name is that file. */
  function programs(page: string): string[] {
    const blocks = [...read(page).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    const isFile = (block: string) => /^\/\/ (\S+\.ts)\n/.exec(block)?.[1]
    for (const block of blocks) {
      const name = isFile(block)
      if (name) writeFileSync(join(folder, name), block)
    }
    return blocks.filter((block) => !isFile(block))
  }

  async function runs(name: string, program: string, environment: Record<string, string>): Promise<void> {
    const head = program.startsWith('import') ? '' : `import { defineJob, openHoldfast } from 'holdfast'\n`
    const tail = program.includes('holdfast.close()') ? '' : 'await holdfast.close()\n'
    writeFileSync(join(folder, `${name}.ts`), head + program + tail)
    const env = { ...process.env, HOLDFAST_RUNNER: 'on', HOLDFAST_DATA: join(folder, name), ...environment }
    const { stdout, stderr } = await run(process.execPath, ['--conditions=holdfast-source', `${name}.ts`], {
      cwd: folder,
      env,
      timeout: 30_000,
    })
    const said = [...program.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1])
    assert.deepEqual(stdout.split('\n').slice(0, -1), said)
    assert.doesNotMatch(stderr, /Error/)
  }

  const guide = programs('docs/guides/queueing.md')
  test('the queueing guide has snippets', () => assert.ok(guide.length >= 9))
  for (const [number, program] of guide.entries()) {
    const name = `queueing-${number + 1}`
    test(`${name}: ${/kind: '([\w-]+)'/.exec(program)?.[1] ?? 'no kind'}`, () => runs(name, program, {}))
  }

  for (const name of ['stalls', 'artifacts', 'notifications', 'secrets'])
    test(`the guide ${name}.md`, async () => {
      const [program = '', ...others] = programs(`docs/guides/${name}.md`)
      assert.equal(others.length, 0)
      await runs(name, program, {})
    })

  test('the Postgres guide', async () => {
    const { address, schema, drop } = await testSchema()
    const [program = '', ...others] = programs('docs/guides/postgres.md')
    assert.equal(others.length, 0)
    // The app's table is the snippet's own as well; it goes with the schema.
    const own = program.replaceAll('orders', `"${schema}".orders`)
    await runs('postgres', own, { DATABASE_URL: address }).finally(drop)
  })
})
