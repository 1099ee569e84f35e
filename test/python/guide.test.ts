// The guide's snippets are run, each printing what it says; the reference is held to the names and parameters of holdfast.py.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createHandler, type Listening, listen } from '../../src/http/index.ts'
import { defineJob, type Holdfast, openHoldfast } from '../../src/index.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { python, runAsJob, runScript } from './scripts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const guide = read('docs/guides/python.md')
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
/** What a snippet says that it prints. */
const printed = (block: string) => [...block.matchAll(/(?:#|\/\/) → (.*)$/gm)].map(([, line]) => line)
const linesOf = (text: string) => text.split('\n').slice(0, -1)

let holdfast: Holdfast
let server: Listening
// Before the folder is made, so that it is still there when this runs.
after(async () => {
  await server.close()
  await holdfast.close()
})
const folder = temporaryFolder('python-guide')
const environment = {
  ...process.env,
  HOLDFAST_RUNNER: 'on',
  HOLDFAST_DATA: join(folder, 'app-data'),
  PYTHONPATH: '',
  // The very Python of the tests, under the name that the guide uses.
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
}

const scripts = new Map(blocks('python').map((block) => [/^# (\S+\.py)\n/.exec(block)?.[1] ?? assert.fail(block), block]))

before(async () => {
  mkdirSync(join(folder, 'bin'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'bin/python3'), `#!/bin/sh\nexec "${python}" "$@"\n`, { mode: 0o755 })
  for (const [name, block] of scripts) writeFileSync(join(folder, name), block)
  const detect = defineJob({ kind: 'detect', command: [python, join(folder, 'detect.py')], artifacts: ['faces'] })
  holdfast = await openHoldfast({ kinds: [detect], data: join(folder, 'data'), runner: true })
  server = await listen(createHandler(holdfast).fetch, { port: 0 })
})

test('the guide has the scripts, and no other', () => {
  assert.deepEqual([...scripts.keys()], ['detect.py', 'careful.py', 'pool.py', 'submit.py'])
})

test('the commands run as they stand, and print what they say', async () => {
  const [commands = '', ...others] = blocks('sh')
  assert.equal(others.length, 0)
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', commands], { cwd: folder, env: environment })
  assert.deepEqual(linesOf(stdout), printed(commands))
})

test('the app runs the script as a job', async () => {
  const [app = '', ...others] = blocks('ts')
  assert.equal(others.length, 0)
  writeFileSync(join(folder, 'app.ts'), app)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=holdfast-source', 'app.ts'], {
    cwd: folder,
    env: environment,
  })
  assert.deepEqual([linesOf(stdout), stderr], [printed(app), ''])
})

for (const [name, status] of [
  ['careful.py', 143],
  ['pool.py', 0],
] as const)
  test(`${name} as a job`, async () => {
    const ran = await runAsJob(join(folder, 'job', name), '', { argv: [join(folder, name)], cwd: folder })
    assert.deepEqual([ran.status, linesOf(ran.stdout), ran.stderr], [status, printed(scripts.get(name) ?? ''), ''])
  })

test('submit.py against a server', async () => {
  const ran = await runScript('', { argv: [join(folder, 'submit.py')], environment: { HOLDFAST_URL: server.url } })
  assert.deepEqual([ran.status, linesOf(ran.stdout), ran.stderr], [0, printed(scripts.get('submit.py') ?? ''), ''])
})

test('the reference has every name with its parameters, and no other', async () => {
  const { stdout } = await runScript(`
import holdfast, inspect, json
from inspect import Parameter, Signature, signature
def shown(name, call):
    bare = [p.replace(annotation=Parameter.empty, kind=p.kind if p.kind is Parameter.VAR_KEYWORD else Parameter.POSITIONAL_OR_KEYWORD)
            for p in signature(call).parameters.values() if call is holdfast.Client or p.name not in ("self", "url", "token")]
    return name + str(Signature(bare))
functions = {name: getattr(holdfast, name) for name in holdfast.__all__ + ["input"] if inspect.isfunction(getattr(holdfast, name))}
methods = {name: call for name, call in inspect.getmembers(holdfast.Client, inspect.isfunction) if not name.startswith("_")}
calls = [*functions.items(), *methods.items(), ("Client", holdfast.Client)]
print(json.dumps(sorted({shown(name, call) for name, call in calls})))
`)
  const page = read('docs/reference/python.md')
  const rows = [...page.matchAll(/^\| `(\w+\(.*?\))` \|/gm)].map(([, row]) => row)
  assert.deepEqual(rows.sort(), JSON.parse(stdout))
  for (const name of ['Cancelled', 'HoldfastError', 'Job', 'LogLine', 'Submitted']) assert.ok(page.includes(`\`${name}\``), name)
})
