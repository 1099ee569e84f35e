// A small file system for a program, in a mount namespace of its own: it goes away with its last process, whatever becomes of us.
// As root an ext4 on a loop device, which is what our users have; else a disk in memory, where the system lets a user mount one.
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type DiskKind = 'ext4 on a loop device' | 'tmpfs'

/** Null with the reason, in one sentence, where none can be had. */
export function smallDisk(): { kind: DiskKind } | { missing: string } {
  if (process.platform !== 'linux') return { missing: 'a small disk needs Linux' }
  const works = (flags: string, mount: string) => spawnSync('unshare', [flags, 'sh', '-c', mount]).status === 0
  const loop =
    'd=$(mktemp -d) && truncate -s 4M $d/i && mkfs.ext4 -q $d/i && mkdir $d/m && mount -o loop $d/i $d/m; s=$?; umount $d/m; rm -rf $d; exit $s'
  if (process.getuid?.() === 0 && works('-m', loop)) return { kind: 'ext4 on a loop device' }
  if (works('-Urm', 'mount -t tmpfs -o size=1m small /mnt')) return { kind: 'tmpfs' }
  return { missing: 'a small disk needs root with loop devices, or user namespaces in which a tmpfs can be mounted' }
}

/** Runs a program of ours with a small disk at `folder`/small. @throws Error with what it said */
export async function runOnSmallDisk(kind: DiskKind, folder: string, program: string): Promise<{ stdout: string; stderr: string }> {
  const small = join(folder, 'small')
  const mounting =
    kind === 'tmpfs'
      ? `mount -t tmpfs -o size=${megabytes}m small ${small}`
      : `truncate -s ${megabytes}M ${folder}/image && mkfs.ext4 -q -m 0 ${folder}/image && mount -o loop ${folder}/image ${small}`
  const script = `mkdir -p ${small} && ${mounting} && exec "$@"`
  const node = [process.execPath, '--conditions=holdfast-source', program, small, folder]
  return promisify(execFile)('unshare', [kind === 'tmpfs' ? '-Urm' : '-m', 'sh', '-c', script, 'sh', ...node], { timeout: 240_000 })
}

const megabytes = 24
