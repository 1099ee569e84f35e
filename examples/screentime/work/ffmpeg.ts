// Debian's ffmpeg as a child of a stage: what it prints to stderr is in the job's log, its last line there is why it failed.
// Knows no job.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'

export interface Running {
  stdout: Readable
  /** Resolves when it has ended well. @throws Error with the line that says why not */
  ended: Promise<void>
}

/** Killed with the signal: it leaves nothing that counts, and does not listen while it waits for a disk. */
export function ffmpeg(args: readonly string[], signal: AbortSignal, program: 'ffmpeg' | 'ffprobe' = 'ffmpeg'): Running {
  const quiet = program === 'ffmpeg' ? ['-nostdin', '-hide_banner', '-loglevel', 'error'] : ['-v', 'error']
  const child = spawn(program, [...quiet, ...args], { signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] })
  let last = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text)
    last = (last + text).trimEnd().split('\n').at(-1)?.slice(-500) ?? ''
  })
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`${program}: ${last === '' ? `it ended with ${code}` : said(last)}`)
  })
  // Whoever reads its output to the end asks then; until then nobody is to be ended by it.
  ended.catch(() => {})
  return { stdout: child.stdout, ended }
}

/** A line names the whole path of the file; its name is enough for people. */
function said(line: string): string {
  return line.replace(/(\/\S.*\/)([^/]+?)(?=:|$)/, (_, folder: string, file: string) => basename(`${folder}${file}`))
}

export async function textOf({ stdout, ended }: Running): Promise<string> {
  let text = ''
  for await (const chunk of stdout.setEncoding('utf8')) text += chunk
  await ended
  return text
}
