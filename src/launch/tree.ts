// Who belongs to an attempt: everybody who carries its mark, is of its session, or holds its FIFO (Linux: /proc; elsewhere the group alone).
// A pid is looked at and signalled in one turn, and only for the reason just seen: never somebody else's process (I12).
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { attemptFiles } from './attempt-files.ts'
import { isSameProcess, readProcessStat } from './identity.ts'
import type { ProcessIdentity } from './launcher.ts'

export interface Tree {
  folder: string
  mark: string
  /** The shim: leader of the session and of its group. */
  leader: ProcessIdentity | null
}

/** Living members besides the shim itself. */
export function members(tree: Tree): number[] {
  // A session's number is taken only while its leader is seen to be ours: with everybody gone, the number may be somebody else's by now.
  const session = livingLeader(tree)?.pid ?? null
  return processNumbers().filter((pid) => pid !== tree.leader?.pid && pid !== process.pid && isMember(pid, session, tree))
}

/** The shim, found by what it carries: the member that leads a session of its own. */
export function findLeader(tree: Tree): ProcessIdentity | null {
  for (const pid of members(tree)) {
    const stat = readProcessStat(pid)
    if (stat?.session === pid && carriesMark(pid, tree.mark)) return { pid, startedAt: stat.startedAt }
  }
  return null
}

/** The shim, if it is seen to be alive and ours: a copied data folder names the processes of the original, whose mark is another. */
export function livingLeader({ leader, mark }: Tree): ProcessIdentity | null {
  if (leader === null || !isSameProcess(leader)) return null
  return process.platform !== 'linux' || carriesMark(leader.pid, mark) ? leader : null
}

/** Sends the signal to the shim's group; false when the shim is not there any more. */
export function signalGroup(tree: Tree, signal: NodeJS.Signals): boolean {
  const leader = livingLeader(tree)
  return leader !== null && send(-leader.pid, signal)
}

export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function isMember(pid: number, session: number | null, tree: Tree): boolean {
  const stat = readProcessStat(pid)
  if (!stat || stat.state === 'Z' || stat.state === 'X') return false
  return (
    (session !== null && stat.session === session) || carriesMark(pid, tree.mark) || holdsFifo(pid, join(tree.folder, attemptFiles.alive))
  )
}

function carriesMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`HOLDFAST_MARK=${mark}`)
  } catch {
    return false
  }
}

function holdsFifo(pid: number, fifo: string): boolean {
  const wanted = statSync(fifo, { throwIfNoEntry: false })
  if (!wanted) return false
  try {
    return isSameFile(`/proc/${pid}/fd/${fifoDescriptor}`, fifo, wanted) && isOpenForWriting(pid, fifoDescriptor)
  } catch {
    return false
  }
}

// The link's text is compared first: following a descriptor could hang on some kinds of file.
function isSameFile(link: string, path: string, wanted: { dev: number; ino: number }): boolean {
  try {
    if (!readlinkSync(link).endsWith(path.slice(path.lastIndexOf('/')))) return false
    const seen = statSync(link)
    return seen.dev === wanted.dev && seen.ino === wanted.ino
  } catch {
    return false
  }
}

/** The shim's number of the FIFO, inherited by the tree. A runner that is just starting the attempt has it under another. */
const fifoDescriptor = 9

// Looking at the FIFO, as every runner does, makes nobody a member.
function isOpenForWriting(pid: number, fd: number): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0
}

function processNumbers(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
