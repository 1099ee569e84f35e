// The pages about the library are held to its code, name by name. Their snippets are run in library-docs.long.test.ts.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '../src/core/errors.ts'
import { parseEvent } from '../src/core/progress.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('docs/reference/library.md', () => {
  const page = read('docs/reference/library.md')

  test('names everything that is exported', () => {
    const named = [...(read('src/index.ts') + read('src/job.ts') + read('src/cli/terminal.ts')).matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    const names = named
      .flatMap(([, list = '']) => list.split(',').map((name) => name.trim().replace(/^type /, '')))
      .filter((name) => name !== '')
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
