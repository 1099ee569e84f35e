// Processes of a test's own, for what several of them do to one database.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from '../temporary.ts'

/** A process of its own, once it has printed its first line. */
export async function startProcess(...args: string[]) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const printed = { text: '' }
  child.stdout.on('data', (bytes) => {
    printed.text += bytes
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await until('its first line', () => printed.text.includes('\n'))
  return { child, printed, exited }
}

/** Each claims everything there is, all at the same time; returns the numbers that each has got. */
export async function claimInProcesses(names: readonly string[], folder: string, database?: string): Promise<number[][]> {
  const claimer = fileURLToPath(new URL('./claimer.ts', import.meta.url))
  const all = await Promise.all(names.map((name) => startProcess(claimer, folder, name, ...(database ? [database] : []))))
  for (const { child } of all) child.stdin.end('go\n')
  const codes = await Promise.all(all.map(({ exited }) => exited))
  if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes}`)
  return all.map(({ printed }) => printed.text.trim().split('\n').slice(1).map(Number))
}
