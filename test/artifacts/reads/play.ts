// Readers in processes of their own read two files that belong together, while snapshots are published without a rest and everything that may go is
// removed at once. Offline: none was torn, none was missing.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { defineJob } from '../../../src/index.ts'
import { sweep } from '../../../src/runner/janitor.ts'
import { openRunner } from '../../../src/runner/runner.ts'
import { frontDoor } from '../../../src/supervisor/front-door.ts'
import { closeInstance, openInstance } from '../../../src/supervisor/open-instance.ts'

export interface Played {
  reads: number
  published: number
  removed: number
  /** How many different snapshots the readers saw. */
  seen: number
  /** What a reader saw that no reader may see. */
  wrong: string[]
  seconds: number
}

const ignored = { info() {}, warn() {}, error() {} }
const program = fileURLToPath(new URL('reader.ts', import.meta.url))
/** Large enough that a read is no single call. */
const script = `cd "$HOLDFAST_STAGING/index"; yes "$HOLDFAST_JOB_ID" | head -c 20000 > a; yes "$HOLDFAST_JOB_ID" | head -c 20000 > b`

export async function playReads({ data, reads, readers }: { data: string; reads: number; readers: number }): Promise<Played> {
  const kind = defineJob({ kind: 'build', artifacts: ['index'], command: ['sh', '-c', script] })
  const instance = await openInstance({ data, kinds: [kind], logger: ignored, foldersReady: 8 })
  const runner = await openRunner(instance.house, { kinds: ['build'], slots: 1, adopts: 'all' })
  const holdfast = frontDoor(instance, () => closeInstance(instance, runner))
  const build = async () => holdfast.wait((await holdfast.submit(kind)).job.id)
  await build()
  const begun = performance.now()
  const played: Played = { reads: 0, published: 1, removed: 0, seen: 0, wrong: [], seconds: 0 }
  const children = Array.from({ length: readers }, () => startReader(data, Math.ceil(reads / readers)))
  const reading = Promise.all(children.map((child) => follow(child, played)))
  let over = false
  const done = reading.finally(() => {
    over = true
  })
  while (!over) {
    await build()
    played.published++
    // As if ten minutes had passed: nothing but a pin protects what is not current.
    await sweep(instance.house, { ageMs: -1, count: 0 })
  }
  await done
  played.removed = played.published - (await holdfast.artifact('index').snapshots()).length
  played.seconds = (performance.now() - begun) / 1_000
  await holdfast.close()
  return played
}

function startReader(data: string, reads: number): ChildProcess {
  const argv = ['--conditions=holdfast-source', program, data, String(reads)]
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function follow(child: ChildProcess, played: Played): Promise<void> {
  if (!child.stdout) throw new Error('A reader tells what it saw.')
  for await (const line of createInterface({ input: child.stdout })) {
    const [what = '', text = ''] = line.split('\t')
    if (what === 'wrong') played.wrong.push(text)
    if (what === 'reads') played.reads += Number(text)
    if (what === 'seen') played.seen = Math.max(played.seen, Number(text))
  }
}
