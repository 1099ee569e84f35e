// Where a figure was measured, in one line; every bench prints it first. Knows no bench.
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { fixed, median } from './report.ts'

/** Names machine, kernel, Node, SQLite, disk, durability and how busy the machine is already. `folder`: where the bench keeps its data. */
export function machineLine(folder: string = tmpdir()): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return [
    `${availableParallelism()} × ${cpus()[0]?.model.trim() || 'unknown processor'}, ${memory}`,
    `${type()} ${release()}${distribution()}`,
    `Node ${process.versions.node}`,
    `SQLite ${process.versions.sqlite} (${durability})`,
    `data on ${diskOf(folder)}: ${diskSpeed(folder)}`,
    `load ${(loadavg()[0] ?? 0).toFixed(2)} at the start, ${new Date().toISOString().slice(0, 16)}Z`,
  ].join(' · ')
}

/** What src/store/sqlite.ts sets: class S, fsync before the acknowledgement. */
const durability = 'WAL, synchronous=FULL'

function distribution(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    return name ? `, ${name}` : ''
  } catch {
    return ''
  }
}

// Magic numbers of statfs(2). On a disk in memory fsync costs nothing, so it must be said.
const diskNames: Record<number, string> = {
  61267: 'ext4',
  1481003842: 'XFS',
  2435016766: 'Btrfs',
  2035054128: 'overlay',
  16914836: 'tmpfs',
}

function diskOf(folder: string): string {
  const { type: magic } = statfsSync(folder)
  return diskNames[magic] ?? `file system 0x${magic.toString(16)}`
}

// The two prices under every figure. Making a file is worth telling: ext4 looks past recently deleted ones, and was 40 times slower
// beside a folder of which many thousands had just been removed.
function diskSpeed(folder: string): string {
  const own = mkdtempSync(join(folder, 'holdfast-disk-'))
  const made: number[] = []
  const synced: number[] = []
  for (let round = 0; round < 50; round++) {
    const from = performance.now()
    const descriptor = openSync(join(own, String(round)), 'wx')
    made.push(performance.now() - from)
    writeSync(descriptor, new Uint8Array(4_096))
    const written = performance.now()
    fsyncSync(descriptor)
    synced.push(performance.now() - written)
    closeSync(descriptor)
  }
  rmSync(own, { recursive: true })
  return `a file is made in ${fixed(median(made), 3)} ms, 4 KiB are synced in ${fixed(median(synced))} ms`
}

if (import.meta.main) console.log(machineLine())
