// `holdfast doctor` and `holdfast init --systemd`, run as a person would on folders of their own.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { holdfast } from './crash/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'))
after(() => rmSync(folder, { recursive: true, force: true }))

interface Finding {
  check: string
  verdict: string
  says: string
  advice?: string
}

async function examined(data: string): Promise<{ exitCode: number | null; findings: Finding[] }> {
  const { exitCode, stdout } = await holdfast(data, 'doctor', '--json')
  return { exitCode, findings: JSON.parse(stdout).findings }
}

test('a folder that is not there yet is looked at, and not made', async () => {
  const { exitCode, findings } = await examined(join(folder, 'later'))
  assert.equal(exitCode, 0)
  for (const check of ['Node', 'SQLite', 'folder', 'database', 'clock'])
    assert.equal(findings.find((one) => one.check === check)?.verdict, 'good', check)
  for (const { verdict, advice, check } of findings) assert.ok(verdict === 'good' || advice, `${check} does not say what to do`)
  assert.deepEqual(readdirSync(folder), [])
})

test('a folder that others can read, and a database that is none, are told with what to do; it ends with 1', async () => {
  const data = join(folder, 'broken')
  assert.equal((await holdfast(data, 'run', '--', 'true')).exitCode, 0)
  chmodSync(data, 0o755)
  const open = await examined(data)
  assert.equal(open.exitCode, 0)
  assert.match(open.findings.find(({ check }) => check === 'folder')?.advice ?? '', /chmod 700/)
  for (const file of readdirSync(data).filter((name) => name.startsWith('holdfast.db'))) rmSync(join(data, file))
  writeFileSync(join(data, 'holdfast.db'), 'this is no database, however long one looks at it')
  const { exitCode, findings } = await examined(data)
  const database = findings.find(({ check }) => check === 'database')
  assert.deepEqual([exitCode, database?.verdict], [1, 'bad'])
  const { stdout } = await holdfast(data, 'doctor')
  assert.match(stdout, /✗ database +\S/)
  assert.match(stdout, /must be put right/)
})

test('init writes a unit that leaves jobs alone', async () => {
  const { exitCode, stdout } = await holdfast(folder, 'init', '--systemd', '--', 'node', 'my app.js')
  assert.equal(exitCode, 0)
  for (const line of ['KillMode=process', 'Delegate=yes', `Environment=HOLDFAST_DATA=${folder}`, "ExecStart=node 'my app.js'"])
    assert.ok(stdout.split('\n').includes(line), line)
  const refused = await holdfast(folder, 'init')
  assert.deepEqual([refused.exitCode, refused.stdout], [2, ''])
  assert.match(refused.stderr, /--systemd/)
})
