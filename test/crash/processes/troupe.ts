// The processes of a campaign: runners and web apps, started, killed and frozen. What was done to whom, and when, is written down.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Folders } from './kinds.ts'

export interface Player {
  process: ChildProcess
  pid: number
  role: 'runner' | 'web'
  phase: 'entering' | 'open' | 'frozen' | 'gone'
  openedAt: number
  /** Messages that it has not answered. */
  owes: number
}

/** Something that was done to a runner. Epoch milliseconds. */
export interface Blow {
  pid: number
  what: 'kill' | 'freeze'
  at: number
  /** When it went on. */
  until: number
}

export interface Troupe {
  players: Player[]
  blows: Blow[]
  crashes: string[]
  enter(role: Player['role'], options: object): Player
  kill(player: Player): Promise<void>
  freeze(player: Player, ms: number): void
  /** Lets everybody close by himself. */
  leave(): Promise<void>
}

const programs = { runner: 'runner-process.ts', web: 'web-process.ts' } as const

export function openTroupe(folders: Folders): Troupe {
  const players: Player[] = []
  const blows: Blow[] = []
  const crashes: string[] = []

  function enter(role: Player['role'], options: object): Player {
    const program = fileURLToPath(new URL(programs[role], import.meta.url))
    const child = spawn(process.execPath, ['--conditions=holdfast-source', program, JSON.stringify({ ...folders, ...options })], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Half of its start would be compiling.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-crash-compiled') },
    })
    const player: Player = { process: child, pid: child.pid ?? 0, role, phase: 'entering', openedAt: 0, owes: 0 }
    players.push(player)
    child.on('message', (said) => {
      if (said === 'done') player.owes--
      if (said !== 'open') return
      player.phase = 'open'
      player.openedAt = performance.now()
    })
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0) crashes.push(`the ${role} ${player.pid} ended by itself: exit code ${code}, signal ${signal}`)
      player.phase = 'gone'
      players.splice(players.indexOf(player), 1)
    })
    child.on('error', () => {})
    return player
  }

  async function kill(player: Player): Promise<void> {
    const exited = once(player.process, 'exit')
    const at = Date.now()
    player.process.kill('SIGKILL')
    await exited
    blows.push({ pid: player.pid, what: 'kill', at, until: Number.POSITIVE_INFINITY })
  }

  function freeze(player: Player, ms: number): void {
    const blow: Blow = { pid: player.pid, what: 'freeze', at: Date.now(), until: Number.POSITIVE_INFINITY }
    blows.push(blow)
    player.phase = 'frozen'
    player.process.kill('SIGSTOP')
    setTimeout(() => {
      if (player.phase !== 'frozen') return
      player.phase = 'open'
      player.process.kill('SIGCONT')
      blow.until = Date.now()
    }, ms)
  }

  async function leave(): Promise<void> {
    await Promise.all(
      [...players].map(async (player) => {
        const exited = once(player.process, 'exit')
        player.process.kill('SIGCONT')
        if (player.role === 'runner') player.process.send('close', () => {})
        else player.process.disconnect()
        const overdue = setTimeout(() => {
          crashes.push(`the ${player.role} ${player.pid} did not end when it was told to`)
          player.process.kill('SIGKILL')
        }, 30_000)
        await exited
        clearTimeout(overdue)
      }),
    )
  }

  return { players, blows, crashes, enter, kill, freeze, leave }
}
