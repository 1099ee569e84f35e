// Debian's ffmpeg as a child of a stage: what it prints to stderr is in the job's log, its last line there is why it failed.
// Knows no job.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

interface Running {
  stdout: Readable
  /** Resolves when it has ended well. @throws Error with the line that says why not */
  ended: Promise<void>
}

/** Killed with the signal: it leaves nothing that counts, and does not listen while it waits for a disk. */
export function ffmpeg(args: readonly string[], signal: AbortSignal, program: 'ffmpeg' | 'ffprobe' = 'ffmpeg'): Running {
  const quiet = program === 'ffmpeg' ? ['-nostdin', '-hide_banner', '-loglevel', 'error'] : ['-v', 'error']
  const child = spawn(program, [...quiet, ...args], { signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] })
  const lastLine = lastLineOf(child.stderr)
  child.stderr.on('data', (text: string) => process.stderr.write(text))
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`${program}: ${said(lastLine()) || `it ended with ${code}`}`)
  })
  // Whoever reads its output to the end asks then; until then nobody is to be ended by it.
  ended.catch(() => {})
  return { stdout: child.stdout, ended }
}

/** Of what comes out of it until then. */
export function lastLineOf(stream: Readable): () => string {
  let end = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    end = (end + text).slice(-2_000)
  })
  return () => end.trimEnd().split('\n').at(-1)?.slice(-500) ?? ''
}

/** A line names the whole path of the file; its name is enough for people. */
const said = (line: string): string => line.replace(/\/\S.*\/([^/]+?)(?=:|$)/, '$1')

export async function textOf({ stdout, ended }: Running): Promise<string> {
  let text = ''
  for await (const chunk of stdout.setEncoding('utf8')) text += chunk
  await ended
  return text
}
