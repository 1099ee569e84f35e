// I8: whatever becomes of a build, what readers see is what it was, to the byte: a failure, a cancel, a timeout, a kill, a refusal, a full disk.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { defineJob, type Job } from '../../src/index.ts'
import { openings, settled, written } from '../contract/opened.ts'
import { temporaryFolder } from '../contract/temporary.ts'
import { runOnSmallDisk, smallDisk } from '../crash/disk/small-disk.ts'
import { treeHash } from './tree-hash.ts'

describe('the current snapshot', () => {
  const { data, open } = openings('failing')
  const spoil = 'echo spoilt > a; rm -rf d link; echo more > new'
  const build = defineJob<{ script: string }>({
    kind: 'build',
    artifacts: ['index'],
    from: 'current',
    command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/index"; ${script}`],
    stopGraceMs: 100,
    timeoutMs: 3_000,
    validate: (_, { input }) => ((input as { script: string }).script.includes('#refuse') ? 'not good enough' : undefined),
  })
  const cases: [string, string, Job['state'], string | undefined][] = [
    ['it fails', `${spoil}; exit 3`, 'failed', 'exit'],
    ['its process is killed', `${spoil}; kill -9 $$`, 'failed', 'signal'],
    ['it takes too long', `${spoil}; sleep 60`, 'failed', 'timeout'],
    ['its output is refused by the scan', `${spoil}; ln -s /etc etc`, 'failed', 'publish'],
    ['its output is refused by the app', `${spoil} #refuse`, 'failed', 'publish'],
    ['nothing is left of it', `${spoil}; rm -rf ../index`, 'failed', 'publish'],
  ]

  test('is the same tree afterwards, for readers of the pointer and of the link', async () => {
    const holdfast = await open([build])
    const reader = holdfast.artifact('index')
    const start = async (script: string) => (await holdfast.submit(build, { script })).job.id
    assert.equal((await settled(holdfast, await start('mkdir d; echo 1 > a; echo 2 > d/b; ln -s d/b link'))).state, 'succeeded')
    const before = await reader.current()
    const link = join(data, 'current', 'index', '')
    const hashes = () => [treeHash(before?.path ?? ''), treeHash(link)]
    const expected = hashes()
    assert.equal(expected[0], expected[1])
    for (const [name, script, state, kind] of cases) {
      const job = await settled(holdfast, await start(script))
      assert.deepEqual([job.state, job.failure?.kind], [state, kind], name)
      assert.deepEqual([await reader.current(), hashes()], [before, expected], name)
    }
    const id = await start(`${spoil}; echo spoilt; exec sleep 60`)
    await written(holdfast, id, 1)
    await holdfast.cancel(id)
    assert.equal((await settled(holdfast, id)).state, 'cancelled')
    assert.deepEqual([await reader.current(), hashes()], [before, expected], 'cancelled')
    const next = await settled(holdfast, await start(spoil))
    assert.equal(next.state, 'succeeded')
    assert.deepEqual([treeHash(before?.path ?? ''), (await reader.current())?.jobId], [expected[0], next.id], 'the old one is what it was')
  })
})

test('I8: a disk that fills up in the middle of a build, and one too full to begin it', { timeout: 240_000 }, async (t) => {
  const disk = smallDisk()
  if ('missing' in disk) return t.diagnostic(disk.missing)
  const program = fileURLToPath(new URL('full-build.ts', import.meta.url))
  const said = await runOnSmallDisk(disk.kind, temporaryFolder('full-build'), program)
  assert.equal(said.stdout, 'failed exit, unchanged\nfailed error, unchanged\nfailed launch, unchanged\nsucceeded 2\n')
})
