// Means to make a process that no signal ends, as a disk or a network share does that does not answer: it is killed, and lives on until it is thawed.
// A frozen disk: whoever writes to it waits in the kernel. Or a frozen control group (version 1): whoever is in it does not run, not even to die.
// A watcher of its own thaws and removes all of it, also when the test is killed: nobody stays stuck.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Freezer {
  /** To be written to by whoever is to get stuck. */
  file: string
  freeze(pid: number): Promise<void>
  thaw(): Promise<void>
  /** Resolves when nothing of it is left. */
  remove(): Promise<void>
}

export type FreezerKind = keyof typeof scripts

/** What can be had here; empty: neither, which takes root, and a loop device with `fsfreeze` or a freezer of version 1. */
export async function freezerKinds(folder: string): Promise<FreezerKind[]> {
  const found: FreezerKind[] = []
  for (const kind of Object.keys(scripts) as FreezerKind[]) {
    const freezer = await openFreezer(kind, join(folder, `try-${found.length}`)).catch(() => null)
    await freezer?.remove()
    if (freezer) found.push(kind)
  }
  return found
}

/** `folder` is made for it. @throws Error when it cannot be had */
export async function openFreezer(kind: FreezerKind, folder: string): Promise<Freezer> {
  const group = `${freezerMount}/holdfast-test-${process.pid}`
  const child = spawn('sh', ['-c', scripts[kind], 'freezer', folder, group], { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const exited = once(child, 'exit')
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const tell = async (what: string) => {
    child.stdin.write(`${what}\n`)
    if ((await said.next()).value !== 'done') throw new Error(`${kind}: could not ${what}`)
  }
  const remove = async () => {
    child.stdin.end()
    await exited
  }
  child.stdin.on('error', () => {})
  try {
    await tell('try')
  } catch (error) {
    await remove()
    throw error
  }
  return { file: join(folder, 'disk', 'written'), freeze: (pid) => tell(`freeze ${pid}`), thaw: () => tell('thaw'), remove }
}

const freezerMount = ['/sys/fs/cgroup/freezer', '/sys/fs/cgroup'].find(
  (folder) => existsSync(`${folder}/release_agent`) && existsSync(`${folder}/tasks`),
)

// Each does what it reads and says so, until there is nobody to read from; then nothing of it is left.
const scripts = {
  'a frozen disk': `
    mkdir -p "$1/disk" && truncate -s 8M "$1/image" && mkfs.ext4 -q "$1/image" && mount -o loop "$1/image" "$1/disk" || exit 1
    end() { fsfreeze -u "$1/disk"; while ! umount "$1/disk"; do sleep 0.1; done; }
    while read -r what pid; do case $what in
      try) fsfreeze -f "$1/disk" && fsfreeze -u "$1/disk" ;;
      freeze) fsfreeze -f "$1/disk" ;;
      thaw) fsfreeze -u "$1/disk" ;;
    esac && echo done || echo failed; done
    end "$1"`,
  'a frozen control group': `
    mkdir -p "$1/disk" && mkdir "$2" || exit 1
    state() { echo $1 > "$2/freezer.state" && until [ "$(cat "$2/freezer.state")" = $1 ]; do sleep 0.02; done; }
    while read -r what pid; do case $what in
      try) state THAWED "$2" ;;
      freeze) echo $pid > "$2/cgroup.procs" && state FROZEN "$2" ;;
      thaw) state THAWED "$2" ;;
    esac && echo done || echo failed; done
    state THAWED "$2"; while ! rmdir "$2"; do sleep 0.1; done`,
}
