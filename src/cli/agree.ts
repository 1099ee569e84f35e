// Asking the person at the terminal: yes or no, and a password that is not shown. Nobody there is an error that says what to do instead.
import { createInterface } from 'node:readline/promises'
import { HoldfastError } from '../supervisor/errors.ts'

/** @throws HoldfastError `invalid_request` where nobody is there to answer */
export async function agreed(question: string, command: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new HoldfastError('invalid_request', `${command} asks before it does that, and nobody is there to answer: add -y.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

/** Typed twice at a terminal, without being shown; else the first line of stdin. Never an argument: every user of the machine reads those. */
export async function newPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await readAll()).split(/\r?\n/, 1)[0] ?? ''
  const password = await hidden('Password (at least 10 characters): ')
  if ((await hidden('Once more: ')) === password) return password
  throw new HoldfastError('invalid_request', 'The two passwords are not the same.')
}

async function readAll(): Promise<string> {
  let text = ''
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += piece
    // More is no password.
    if (text.length > 10_000) break
  }
  return text
}

const enter = ['\r', '\n', '\u0004']
const interrupt = '\u0003'
const erase = ['\u007f', '\b']

async function hidden(question: string): Promise<string> {
  process.stderr.write(question)
  process.stdin.setRawMode(true)
  let typed = ''
  try {
    for await (const piece of process.stdin.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      for (const key of piece as string) {
        if (enter.includes(key)) return typed
        if (key === interrupt) throw new HoldfastError('invalid_request', 'Stopped: nothing was changed.')
        typed = erase.includes(key) ? typed.slice(0, -1) : typed + key
      }
    }
    return typed
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.stderr.write('\n')
  }
}
