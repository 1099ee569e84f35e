// Who belongs to an attempt: everybody who carries its mark, is of its session, or holds its FIFO (Linux: /proc; elsewhere the group alone).
// A pid is looked at and signalled in one turn, and only for the reason just seen: never somebody else's process (I12).
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isSameProcess, readProcessStat } from './identity.ts'
import type { ProcessIdentity } from './launcher.ts'
import { attemptFiles } from './shim.ts'

export interface Tree {
  folder: string
  mark: string
  /** The shim: leader of the session and of its group. */
  leader: ProcessIdentity | null
}

/** Living members besides the shim itself. */
export function members(tree: Tree): number[] {
  // A session's number is taken only while its leader is seen to be ours: with everybody gone, the number may be somebody else's by now.
  const session = tree.leader !== null && isSameProcess(tree.leader) ? tree.leader.pid : null
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

/** Sends the signal to the shim's group; false when the shim is not there any more. */
export function signalGroup(tree: Tree, signal: NodeJS.Signals): boolean {
  return tree.leader !== null && isSameProcess(tree.leader) && send(-tree.leader.pid, signal)
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
    return readdirSync(`/proc/${pid}/fd`).some((fd) => isSameFile(`/proc/${pid}/fd/${fd}`, fifo, wanted) && isOpenForWriting(pid, fd))
  } catch {
    return false
  }
}

// The link's text is compared first: following every descriptor of every process would be slow, and could hang on some.
function isSameFile(link: string, path: string, wanted: { dev: number; ino: number }): boolean {
  try {
    if (!readlinkSync(link).endsWith(path.slice(path.lastIndexOf('/')))) return false
    const seen = statSync(link)
    return seen.dev === wanted.dev && seen.ino === wanted.ino
  } catch {
    return false
  }
}

// Looking at the FIFO, as every runner does, makes nobody a member.
function isOpenForWriting(pid: number, fd: string): boolean {
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
