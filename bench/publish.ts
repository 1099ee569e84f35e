// What publishing costs: from the end of a job that wrote 10,000 files to its snapshot being current, against `cp -r` plus `sync` of the same tree, in
// one run and in turns. Usage: npm run bench:publish -- [--files=10000] [--rounds=7]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defineJob, openHoldfast } from 'holdfast'
import { machineLine } from './machine.ts'
import { fixed, judged, median, middleHalf, table } from './report.ts'

const { values } = parseArgs({ options: { files: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '7' } } })
const [files, rounds] = [Number(values.files), Number(values.rounds)]
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
const source = join(folder, 'source')
const build = defineJob({ kind: 'build', artifacts: ['tree'], command: ['sh', '-c', `cp -r "${source}/." "$HOLDFAST_STAGING/tree/"`] })

makeTree()
console.log(`${machineLine(folder)}\n`)
const holdfast = await openHoldfast({ kinds: [build], data: join(folder, 'data'), runner: true })
try {
  const [copies, publishes]: number[][] = [[], []]
  for (let round = 0; round < rounds; round++) {
    copies?.push(copyAndSync(round))
    publishes?.push(await publishOnce())
  }
  report(copies ?? [], publishes ?? [])
} finally {
  await holdfast.close()
  rmSync(folder, { recursive: true, force: true })
}

/** A hundred folders of files of a few KiB, as an index has. */
function makeTree(): void {
  for (let file = 0; file < files; file++) {
    const inside = join(source, `d${file % 100}`)
    if (file < 100) mkdirSync(inside, { recursive: true })
    writeFileSync(join(inside, `f${file}`), Buffer.alloc(2_048 + (file % 4_096), file % 256))
  }
}

function copyAndSync(round: number): number {
  execFileSync('sync')
  const target = join(folder, `copy-${round}`)
  const begun = performance.now()
  execFileSync('cp', ['-r', source, target])
  execFileSync('sync')
  const took = performance.now() - begun
  rmSync(target, { recursive: true })
  return took
}

// Its process writes the files; what is measured begins when that has ended.
async function publishOnce(): Promise<number> {
  execFileSync('sync')
  const { job } = await holdfast.submit(build)
  const { state, finishedAt, failure } = await holdfast.wait(job.id)
  const took = Date.now() - (finishedAt ?? 0)
  if (state !== 'succeeded') throw new Error(`the build ${state}: ${failure?.message}`)
  return took
}

function report(copies: number[], publishes: number[]): void {
  const ratios = publishes.map((took, index) => took / (copies[index] ?? Number.NaN))
  const row = (name: string, samples: number[]) => [name, fixed(median(samples)), middleHalf(samples)]
  console.log(
    table(
      [`${files} files, ${rounds} rounds`, 'p50', 'middle half'],
      [row('`cp -r` and `sync`, ms', copies), row('publish, ms', publishes), row('publish over `cp -r` and `sync`, ×', ratios)],
    ),
  )
  console.log(`\nTarget: at most 1.5 ×: ${judged(median(ratios), 1.5, 'at most')}`)
}
