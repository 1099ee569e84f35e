// The server's own console: a text protocol over TCP on this machine. One question, one connection.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Server } from '../database.ts'

export type Console = Pick<Server, 'consolePort' | 'consolePassword'>

/** It answers within milliseconds; one that does not for so long hangs. */
const answerMs = 2_000

/** Asks, and resolves with the lines of the answer. @throws Error where nobody answers in time */
export async function ask(server: Console, command: string): Promise<string[]> {
  const end = `end-${randomBytes(4).toString('hex')}`
  const answer: string[] = []
  for await (const line of conversation(server)) {
    if (line.said === 'in') line.send(`${command}\necho ${end}\n`)
    else if (line.text.endsWith(`[Console]: ${end}`)) return answer
    else if (!/cmd='|\[econ\]: cid=\d+ authed/.test(line.text)) answer.push(line.text.replace(/^\[[\d: -]+\]/, ''))
  }
  throw new Error('The console closed before it had answered.')
}

/** Null: it was asked to end, whatever became of the connection then. Else why it could not be. */
export async function askToShutDown(server: Console): Promise<string | null> {
  let fault: string | null = 'The console closed before it was asked.'
  try {
    for await (const { said, send } of conversation(server)) {
      if (said === 'in') send('shutdown\n')
      if (said === 'in') fault = null
    }
  } catch (error) {
    fault &&= (error as Error).message
  }
  return fault
}

/** Players of a running server; null: its console does not answer. */
export async function playersOf(server: Console): Promise<number | null> {
  const lines = await ask(server, 'status').catch(() => null)
  return lines === null ? null : lines.filter((line) => /\[server\]: id=\d+ /i.test(line)).length
}

/** Signs in and says so (`in`); then gives every line that comes, until the other side closes. */
async function* conversation({ consolePort, consolePassword }: Console) {
  if (consolePort === null) throw new Error('This server has no console: it is not set up.')
  const socket = connect({ host: '127.0.0.1', port: consolePort, signal: AbortSignal.timeout(answerMs) })
  // A broken connection ends the lines, and is then thrown.
  let broken: Error | null = null
  socket.on('error', (error) => {
    broken = error
  })
  const send = (text: string) => void socket.write(text)
  try {
    for await (const raw of createInterface({ input: socket })) {
      const text = raw.replaceAll('\0', '').trim()
      if (text === 'Enter password:') send(`${consolePassword}\n`)
      else if (text.startsWith('Authentication successful')) yield { said: 'in' as const, text, send }
      else if (text !== '') yield { said: 'line' as const, text, send }
    }
  } finally {
    socket.destroy()
  }
  if (broken) throw broken
}
