// Run on a small disk (argument 1): builds on one that fills up, and on one that has no room to begin. Prints what became of each.
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineJob, openHoldfast } from '../../src/index.ts'
import { treeHash } from './tree-hash.ts'

const [, , small = ''] = process.argv
const build = defineJob<{ script: string }>({
  kind: 'build',
  artifacts: ['index'],
  from: 'current',
  command: ({ script }) => ['sh', '-c', `cd "$HOLDFAST_STAGING/index"; ${script}`],
})
const buildHere = defineJob({
  kind: 'build-here',
  artifacts: ['index'],
  from: 'current',
  run: (job) => writeFileSync(join(job.output('index'), 'b'), Buffer.alloc(40_000_000, 1)),
})
const ignored = { info() {}, warn() {}, error() {} }
const holdfast = await openHoldfast({ data: join(small, 'data'), kinds: [build, buildHere], runner: true, logger: ignored })

async function built(script: string | null) {
  const { job } = script === null ? await holdfast.submit(buildHere, {}) : await holdfast.submit(build, { script })
  return holdfast.wait(job.id)
}

await built('head -c 4000000 /dev/urandom > a')
const before = (await holdfast.artifact('index').current())?.path ?? ''
const hash = treeHash(before)

async function tell(script: string | null): Promise<void> {
  const job = await built(script)
  const now = (await holdfast.artifact('index').current())?.path
  console.log(`${job.state} ${job.failure?.kind}, ${now === before && treeHash(before) === hash ? 'unchanged' : 'changed'}`)
}

// What it says when the disk is full finds room in its log, and none in the database before its output is gone.
await tell('echo spoilt > a; echo begun >&2; sleep 0.3; head -c 40000000 /dev/urandom > b || { echo no room >&2; exit 9; }')
await tell(null)
// Too little room for the copy, enough for what Holdfast itself writes down.
const filler = join(small, 'filler')
const { bavail, bsize } = statfsSync(small)
writeFileSync(filler, Buffer.alloc(bavail * bsize - 2_500_000, 1))
await tell('echo spoilt > a')
rmSync(filler)
const last = await built('echo fresh > b')
console.log(`${last.state} ${(await holdfast.artifact('index').current())?.number}`)
await holdfast.close()
