// I8: only whole, plain output is published; publishing again after a crash finds what was moved; nothing a job does to its staging hangs it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openings, settled } from '../../test/contract/opened.ts'
import { newJob, otherPlace, place, stores, submitClaimed } from '../../test/contract/store/stores.ts'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import type { JobSpec } from '../core/job.ts'
import { detachedLauncher } from '../launch/detached.ts'
import type { Claimed } from '../store/store.ts'
import { defineJob } from '../supervisor/define-job.ts'
import { type DataFolder, makeDataFolder } from './data-folder.ts'
import type { House } from './house.ts'
import { LeaseLostError } from './log-writer.ts'
import { type Prepared, prepareSnapshots } from './publisher.ts'
import { settle } from './settle.ts'
import { systemClock } from './system-clock.ts'

const opened = await stores[0]!.open()
const silent = { info() {}, warn() {}, error() {} }

interface Staged {
  folder: DataFolder
  claimed: Claimed
  /** Path in the staging folder of artifact `out`. */
  at(path: string): string
  prepare(): Promise<Prepared>
  house: House
}

async function staged(artifacts = ['out'], more: Partial<JobSpec> = {}): Promise<Staged> {
  const folder = makeDataFolder(temporaryFolder('publisher'))
  const claimed = await submitClaimed(opened.store, { spec: { ...newJob().spec, artifacts, ...more }, fingerprint: 'f' })
  const staging = join(folder.attempts, claimed.attempt.folder, 'staging')
  for (const artifact of artifacts) mkdirSync(join(staging, artifact), { recursive: true })
  const launcher = detachedLauncher({ attempts: folder.attempts, runners: folder.runners, pool: join(folder.root, 'pool'), ready: 0 })
  const house = {
    folder,
    launcher,
    store: opened.store,
    clock: systemClock,
    closing: new AbortController().signal,
    logger: silent,
    place,
    random: Math.random,
  }
  return { folder, claimed, house, at: (path) => join(staging, 'out', path), prepare: () => prepareSnapshots(house, claimed) }
}

describe('prepareSnapshots', () => {
  test('moves what was written, whole, and counts it', async () => {
    const { folder, claimed, at, prepare } = await staged()
    mkdirSync(at('deep/er'), { recursive: true })
    writeFileSync(at('deep/er/a'), '12345')
    writeFileSync(at('.b'), '')
    const name = claimed.attempt.folder
    assert.deepEqual(await prepare(), {
      snapshots: [{ artifact: 'out', folder: name, fingerprint: 'f', seededFrom: null, files: 2, bytes: 5 }],
    })
    assert.equal(readFileSync(join(folder.snapshots, 'out', name, 'deep/er/a'), 'utf8'), '12345')
    assert.equal(existsSync(at('.')), false)
  })

  test('again after "moved but not settled": the same answer, nothing moved', async () => {
    const { folder, at, prepare } = await staged()
    writeFileSync(at('a'), '1')
    const first = await prepare()
    const before = statSync(join(folder.snapshots, 'out')).mtimeMs
    assert.deepEqual(await prepare(), first)
    rmSync(at('..'), { recursive: true })
    assert.deepEqual(await prepare(), first)
    assert.equal(statSync(join(folder.snapshots, 'out')).mtimeMs, before)
  })

  test('again after a crash between two artifacts: the second is moved too', async () => {
    const { folder, claimed, at, prepare } = await staged(['out', 'second'])
    writeFileSync(at('a'), '1')
    writeFileSync(at('../second/b'), '22')
    mkdirSync(join(folder.snapshots, 'out'), { recursive: true })
    execFileSync('mv', [at(''), join(folder.snapshots, 'out', claimed.attempt.folder)])
    const prepared = await prepare()
    assert.deepEqual('snapshots' in prepared && prepared.snapshots.map(({ artifact, bytes }) => [artifact, bytes]), [
      ['out', 1],
      ['second', 2],
    ])
  })

  test('I8: two runners at it, of which one has lost the job and does not know it yet: both see the same, whole', async () => {
    for (let round = 0; round < 25; round++) {
      const { at, prepare } = await staged(['out', 'second'])
      for (let file = 0; file < 8; file++) writeFileSync(at(String(file)), '1')
      writeFileSync(at('../second/b'), '22')
      const [one, other] = await Promise.all([prepare(), prepare()])
      assert.deepEqual(one, other)
      assert.deepEqual('snapshots' in one && one.snapshots.map(({ files, bytes }) => [files, bytes]), [
        [8, 8],
        [1, 2],
      ])
    }
  })

  test('nothing is moved when one of several is refused', async () => {
    const { folder, at, prepare } = await staged(['out', 'empty'])
    writeFileSync(at('a'), '1')
    const prepared = await prepare()
    assert.ok('refused' in prepared && /^empty: nothing was written/.test(prepared.refused))
    assert.deepEqual([existsSync(join(folder.snapshots, 'out')), existsSync(at('a'))], [false, true])
  })

  test('links that stay within it are published with it, and lead there after it was moved', async () => {
    const { folder, claimed, at, prepare } = await staged()
    execFileSync('sh', ['-c', 'cd "$1"; mkdir d; echo x > d/a; ln -s d/a file; ln -s . here; ln -s ../d d/back', 'sh', at('')])
    const prepared = await prepare()
    assert.deepEqual('snapshots' in prepared && prepared.snapshots.map(({ files, bytes }) => [files, bytes]), [[1, 2]])
    const there = join(folder.snapshots, 'out', claimed.attempt.folder)
    for (const path of ['file', 'here/d/a', 'd/back/a']) assert.equal(readFileSync(join(there, path), 'utf8'), 'x\n')
  })

  const replaceBy = ({ at }: Staged, make: (path: string) => void) => {
    rmdirSync(at(''))
    make(at('').replace(/\/$/, ''))
  }
  const bad: [string, (staged: Staged) => unknown][] = [
    ['nothing written', () => undefined],
    ['only empty folders', ({ at }) => mkdirSync(at('a/b'), { recursive: true })],
    ['a link out of it', ({ at }) => symlinkSync('/etc/passwd', at('link'))],
    [
      'a link out of it by a way round',
      ({ at }) => execFileSync('sh', ['-c', 'cd "$1"; : > a; ln -s ../../.. up; ln -s up/x link', 'sh', at('')]),
    ],
    ['a link within it with an absolute path', ({ at }) => execFileSync('sh', ['-c', 'cd "$1"; : > a; ln -s "$PWD/a" link', 'sh', at('')])],
    ['links round and round', ({ at }) => execFileSync('sh', ['-c', 'cd "$1"; : > a; ln -s two one; ln -s one two', 'sh', at('')])],
    ['a name with a line break', ({ at }) => writeFileSync(at('a\nb'), '')],
    ['a name with a backslash', ({ at }) => writeFileSync(at('a\\b'), '')],
    ['a name that is no UTF-8', ({ at }) => execFileSync('sh', ['-c', 'cd "$1"; : > "$(printf "a\\377")"', 'sh', at('')])],
    ['two names that look the same', ({ at }) => ['\u00e4', 'a\u0308'].map((name) => writeFileSync(at(name), ''))],
    ['a path that is too long', ({ at }) => mkdirSync(at(`${'x'.repeat(200)}/`.repeat(6)), { recursive: true })],
    [
      'a socket',
      ({ at }) =>
        execFileSync(process.execPath, ['-e', 'require("net").createServer().listen(process.argv[1], () => process.exit())', at('socket')]),
    ],
    ['a link to nothing, deep down', ({ at }) => execFileSync('sh', ['-c', 'mkdir "$1/d"; ln -s gone "$1/d/link"', 'sh', at('')])],
    ['a hard link', ({ at, folder }) => execFileSync('sh', ['-c', ': > "$2/x"; ln "$2/x" "$1/x"', 'sh', at(''), folder.root])],
    ['a FIFO', ({ at }) => execFileSync('mkfifo', [at('fifo')])],
    ['its folder removed', ({ at }) => rmSync(at('.'), { recursive: true })],
    ['all of staging removed', ({ at }) => rmSync(at('..'), { recursive: true })],
    ['its folder replaced by a file', (staged) => replaceBy(staged, (path) => writeFileSync(path, 'x'))],
    ['its folder replaced by a link to another folder', (staged) => replaceBy(staged, (path) => symlinkSync('/etc/apt', path))],
    ['its folder replaced by a link to nothing', (staged) => replaceBy(staged, (path) => symlinkSync('gone', path))],
  ]
  for (const [name, make] of bad)
    test(`refused, not thrown: ${name}`, async () => {
      const one = await staged()
      make(one)
      const prepared = await one.prepare()
      assert.ok('refused' in prepared, JSON.stringify(prepared))
      assert.match(prepared.refused, /^out: \S/)
      assert.equal(existsSync(join(one.folder.snapshots, 'out')), false)
    })
})

describe('publishing by a job', () => {
  const { data, open } = openings('publishing')
  const index = defineJob<{ script: string }>({
    kind: 'index',
    artifacts: ['index'],
    command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/index"; ${script}`],
    fingerprint: ({ script }) => script,
  })

  test('the pointer and the link move with success only, and the folder stays what it was', async () => {
    const holdfast = await open([index])
    const build = async (script: string) => settled(holdfast, (await holdfast.submit(index, { script })).job.id)
    assert.equal(await holdfast.artifact('index').current(), null)
    assert.equal((await build('echo one > a')).state, 'succeeded')
    const first = await holdfast.artifact('index').current()
    assert.equal(readFileSync(join(first!.path, 'a'), 'utf8'), 'one\n')
    assert.deepEqual([first?.fingerprint, first?.number, first?.files, first?.bytes], ['echo one > a', 1, 1, 4])
    assert.equal(join(data, 'current', readlinkSync(join(data, 'current', 'index'))), first?.path)
    for (const script of ['echo two > a; exit 1', 'ln -s /etc x', 'kill -9 $$', ':']) {
      const failed = await build(script)
      assert.equal(failed.state, 'failed', script)
      assert.deepEqual(await holdfast.artifact('index').current(), first, script)
    }
    assert.equal((await build('echo three > a')).state, 'succeeded')
    const third = await holdfast.artifact('index').current()
    assert.deepEqual(
      [third?.number, readFileSync(join(data, 'current', 'index', 'a'), 'utf8'), readFileSync(join(first!.path, 'a'), 'utf8')],
      [2, 'three\n', 'one\n'],
    )
    assert.deepEqual(
      (await holdfast.artifact('index').snapshots()).map(({ number }) => number),
      [2, 1],
    )
  })

  test('a refusal is one short line, whatever the file is called', async () => {
    const holdfast = await open([index])
    const { job } = await holdfast.submit(index, { script: `mkdir -p ${'x'.repeat(200)}; ln -s /etc "${'x'.repeat(200)}/a\nb"` })
    const { failure } = await settled(holdfast, job.id)
    assert.equal(failure?.kind, 'publish')
    assert.ok(failure.message.length <= 200, `${failure.message.length} characters`)
    assert.doesNotMatch(failure.message, /\p{Cc}/u)
  })
})

describe('settle', () => {
  test('I6 I8: who has lost the job takes nothing away from who publishes it now', async () => {
    const { claimed, at, house } = await staged()
    writeFileSync(at('a'), '1')
    const fence = { jobId: claimed.job.id, attempt: claimed.attempt.attempt, leaseToken: claimed.job.leaseToken }
    const taken = await opened.store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })
    assert.notEqual(taken, 'lease lost')
    const own = { ...house, place, random: Math.random, sharesDatabase: false }
    await assert.rejects(settle(own, claimed, { end: 'stopped', message: 'nobody had looked at its output yet' }), LeaseLostError)
    assert.equal(readFileSync(at('a'), 'utf8'), '1')
  })

  test('I11: a runner that was killed between clearing what was cancelled and writing that down has refused nothing', async () => {
    const { claimed, at, house } = await staged(['out'], { validates: true })
    const fence = { jobId: claimed.job.id, attempt: claimed.attempt.attempt, leaseToken: claimed.job.leaseToken }
    await opened.store.jobs.askStop({ id: fence.jobId, by: 'ana', now: 4 })
    const taken = await opened.store.claims.takeOver({ fence, place: otherPlace, adopting: false, now: 5 })
    assert.ok(taken !== 'lease lost')
    rmSync(at('..'), { recursive: true })
    const own = { ...house, place, random: Math.random, sharesDatabase: false }
    const done = await settle(own, taken, { end: 'exit', exitCode: 0, exitedAt: null, leftovers: 'none' })
    assert.equal(done.state, 'cancelled')
  })
})

after(() => opened.close())
