// The page about the library is held to its code, name by name, and the guides' snippets are run: each prints what it says it prints.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { errorCodes } from '../src/core/errors.ts'
import { parseEvent } from '../src/core/progress.ts'
import { testSchema } from './contract/postgres-cluster.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('docs/reference/library.md', () => {
  const page = read('docs/reference/library.md')

  test('names everything that is exported', () => {
    const named = [...(read('src/index.ts') + read('src/job.ts')).matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    const names = named.flatMap(([, list = '']) => list.split(',').map((name) => name.trim())).filter((name) => name !== '')
    assert.ok(names.length > 40 && names.includes('openHoldfast') && names.includes('snooze'))
    const missing = names.filter((name) => !new RegExp(`\\b${name}s?\\b`).test(page))
    assert.deepEqual(missing, [])
  })

  const interfaces: Record<string, string> = {
    OpenOptions: 'src/supervisor/open-holdfast.ts',
    JobOptions: 'src/supervisor/define-job.ts',
    RetryOptions: 'src/supervisor/define-job.ts',
    StallOptions: 'src/supervisor/stall-options.ts',
    Holdfast: 'src/supervisor/holdfast.ts',
    SubmitOptions: 'src/supervisor/holdfast.ts',
    ListFilter: 'src/core/views.ts',
    LogRange: 'src/core/views.ts',
    Queues: 'src/supervisor/holdfast.ts',
    LockKeys: 'src/supervisor/holdfast.ts',
    Schedules: 'src/supervisor/holdfast.ts',
    ScheduleOptions: 'src/supervisor/holdfast.ts',
    Notifications: 'src/supervisor/notification-types.ts',
    NotifyOptions: 'src/supervisor/notification-types.ts',
    Job: 'src/core/job.ts',
    Artifact: 'src/supervisor/artifact-types.ts',
    Artifacts: 'src/supervisor/artifact-types.ts',
    Snapshot: 'src/core/artifact.ts',
    JobContext: 'src/runner/job-context.ts',
  }
  for (const [name, file] of Object.entries(interfaces))
    test(`has a row for each member of ${name}, in its order, and no other`, () => {
      const body = new RegExp(`^export interface ${name}\\b.*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(file))?.[1] ?? ''
      const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?]?[:(<]/gm)].map((match) => match[1])
      const table = new RegExp(`^\\| \`${name}\` \\|.*\\n\\|---.*\\n((?:\\|.*\\n)*)`, 'm').exec(page)?.[1] ?? ''
      const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])
      assert.ok(members.length > 1, `${name} was not found in ${file}`)
      assert.deepEqual(rows, members)
    })
})

test('errors.md says of each code what the error itself says', () => {
  const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| \d+ \| \d+ \| (.*) \|$/gm)]
  const helps = Object.fromEntries(rows.map(([, code = '', help]) => [code, help]))
  assert.deepEqual(helps, Object.fromEntries(Object.entries(errorCodes).map(([code, { help }]) => [code, help])))
})

test('jobs.md: each line that a job can say is understood, and none is left out', () => {
  const lines = [...read('docs/reference/jobs.md').matchAll(/^\| `(\{".*\})` \|/gm)].map(([, line = '']) =>
    line.replace(/\{…\}|:…/, (gap) => (gap === '{…}' ? '{}' : ':0')),
  )
  const said = lines.map((line) => parseEvent(line)?.event ?? assert.fail(`not understood: ${line}`))
  const cases = said.map((event) => (event.says === 'error' ? `error ${event.next?.next ?? ''}`.trim() : event.says))
  const all = ['phase', 'progress', 'heartbeat', 'checkpoint', 'result', 'error', 'error never', 'error later', 'snooze']
  assert.deepEqual(cases, all)
})

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
