// The real `holdfast` command for the tests of who may ask: with something on its stdin, or as a server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../contract/temporary.ts'

const program = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url))
export const folder = temporaryFolder('access-cli')
const children: ReturnType<typeof spawn>[] = []
after(() => children.forEach((child) => void child.kill()))

function start(args: string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, NO_COLOR: '1', ...environment }
  const child = spawn(process.execPath, ['--conditions=holdfast-source', program, ...args], { env })
  children.push(child)
  return child
}

export async function holdfast(args: string[], input = '', environment = {}): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(args, environment)
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (texts.out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (texts.err += text))
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

export async function up(args: string[], environment: Record<string, string> = {}) {
  const child = start(['up', '--port', '0', '--json', ...args], environment)
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (told += text))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  return {
    url,
    told: () => told,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

export const jobs = async (url: string, headers: Record<string, string> = {}) => (await fetch(`${url}/api/v1/jobs`, { headers })).status
