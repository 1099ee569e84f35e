// What the README says is run: its program, its commands, its words to a job.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { defineJob, openHoldfast } from 'holdfast'
import { program } from '../src/cli/program.ts'
import { errorCodes } from '../src/core/errors.ts'
import { jobStates } from '../src/core/job.ts'
import { transitions } from '../src/core/transitions.ts'

const run = promisify(execFile)
// The README's program is started by a test, and is to run its jobs.
process.env.HOLDFAST_RUNNER = 'on'
const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-docs-'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
symlinkSync(join(root, 'docs'), join(folder, 'docs'))
after(() => rmSync(folder, { recursive: true, force: true }))

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')
}

test("the README's program runs, in under 30 lines", async () => {
  const [example = ''] = blocks('ts')
  assert.ok(example.split('\n').length < 30)
  // It serves until it is stopped; a test has to end.
  writeFileSync(join(folder, 'app.ts'), `${example}\nprocess.exit(0)\n`)
  const { stdout } = await run(process.execPath, ['--conditions=holdfast-source', 'app.ts'], { cwd: folder })
  assert.match(stdout, /dashboard at http:\/\/127\.0\.0\.1:\d+\n/)
  assert.match(stdout, /1 true succeeded 2\n/)
  const published = stdout.trim().split('\n').at(-1) ?? ''
  assert.ok(existsSync(join(published, 'sizes.txt')), published)
})

test("the README's commands run as they stand", async () => {
  const commands = blocks('sh').flatMap((block) => block.split('\n').filter((line) => line.startsWith('npx holdfast')))
  assert.ok(commands.length >= 3)
  const environment = {
    ...process.env,
    HOLDFAST_DATA: join(folder, 'data'),
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  }
  const outputs: string[] = []
  for (const command of commands) outputs.push((await run('sh', ['-c', command.replace('npx ', '')], { env: environment })).stdout)
  assert.equal(outputs[0], 'working\ndone\n')
  assert.match(outputs[1] ?? '', /1 +✓ succeeded/)
  assert.match(outputs[2] ?? '', /working\ndone\n· exit 0/)
})

test('what the README lets a shell say is understood', async () => {
  const says = blocks('sh').find((block) => block.includes('HOLDFAST_EVENTS')) ?? ''
  const kind = defineJob({ kind: 'says', command: ['sh', '-c', says] })
  const holdfast = await openHoldfast({ data: join(folder, 'says'), kinds: [kind] })
  const { progress } = await holdfast.wait((await holdfast.submit(kind, null)).job.id)
  assert.deepEqual(
    [progress?.phase, progress?.done, progress?.total, progress?.unit],
    [{ name: 'Embed', index: 2, of: 5 }, 420, 1000, 'frames'],
  )
  await holdfast.close()
})

test('every error code is documented', () => {
  const errors = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
  const documented = [...errors.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \|/gm)].map(([, code, status, exit]) => [
    code,
    Number(status),
    Number(exit),
  ])
  assert.deepEqual(
    documented,
    Object.entries(errorCodes).map(([code, { status, exit }]) => [code, status, exit]),
  )
})

test('every state and every transition is documented', () => {
  const states = readFileSync(join(root, 'docs/reference/states.md'), 'utf8')
  // The page has the rows of the table, all of them and in their order, since the first that fits wins.
  const rows = [...states.matchAll(/^\| ([\w, ]+) \| (.+) \| ([\w ]+) \|/gm)]
    .slice(1)
    .map(([, from, happening, to]) => [from, happening, to])
  const only = (reasons: readonly string[] | undefined) => (reasons ? ` (stop asked for: ${reasons.join(', ')})` : '')
  assert.deepEqual(
    rows,
    transitions.map(({ from, happening, reasons, to }) => [from.join(', '), `${happening}${only(reasons)}`, to]),
  )
  for (const state of jobStates) assert.ok(states.includes(`\`${state}\``), state)
})

test('links lead somewhere', () => {
  for (const file of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    const targets = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!http)([^)#]+)/g)].map((match) => match[1] ?? '')
    for (const target of targets) assert.ok(existsSync(join(root, target)), `${file}: ${target}`)
  }
})

test('every command and option of the CLI is documented', async () => {
  const page = readFileSync(join(root, 'docs/reference/cli.md'), 'utf8')
  const help = async (...names: string[]) => {
    const find = (inside: Command, name: string) =>
      inside.commands.find((each) => each.name() === name) ?? assert.fail(`there is no ${name}`)
    return names.reduce(find, program).helpInformation()
  }
  const commands = [...(await help()).matchAll(/^ {2}([\w-]+) \[options\]/gm)].map((match) => match[1] ?? '')
  assert.deepEqual(commands, [
    'run',
    'list',
    'show',
    'logs',
    'wait',
    'cancel',
    'retry',
    'resume',
    'keep-waiting',
    'rerun',
    'check',
    'schedules',
    'queues',
    'kinds',
    'runners',
    'artifacts',
    'notifications',
    'up',
    'doctor',
    'init',
  ])
  const ofArtifact = [...(await help('artifact')).matchAll(/^ {2}([\w-]+) \[options\]/gm)].map((match) => `artifact ${match[1]}`)
  assert.deepEqual(ofArtifact, ['artifact show', 'artifact roll-back', 'artifact want'])
  const ofNotification = [...(await help('notification')).matchAll(/^ {2}([\w-]+) \[options\]/gm)].map(
    (match) => `notification ${match[1]}`,
  )
  assert.deepEqual(ofNotification, ['notification add', 'notification remove', 'notification test'])
  const inside: string[] = []
  for (const [noun, verbs] of Object.entries({
    schedule: ['pause', 'resume', 'run-now'],
    queue: ['pause', 'resume', 'set-concurrency'],
    kind: ['pause', 'resume'],
  })) {
    const found = [...(await help(noun)).matchAll(/^ {2}([\w-]+) \[options\]/gm)].map((match) => match[1] ?? '')
    assert.deepEqual(found, verbs)
    inside.push(...found.map((verb) => `${noun} ${verb}`))
  }
  for (const command of [...commands, ...ofArtifact, ...ofNotification, ...inside]) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`)) ?? ''
    const options = [...(await help(...command.split(' '))).matchAll(/^ {2}(?:-\w, )?(--\w+)/gm)]
      .map((match) => match[1] ?? '')
      .filter((option) => option !== '--help')
    for (const option of options) assert.ok(row.includes(option), `${command} ${option}`)
  }
})
