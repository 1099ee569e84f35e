// The program that runs a module job in a process of its own: node module-entry FILE. Any exception is exit code 1, with its text on stderr.
// It talks to its runner through files alone (DESIGN §6 "Talking to a job"), so that no runner need be alive.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Json } from '../core/job.ts'
import { notDeclared, type Surroundings } from './job-context.ts'
import { handlerOf, playHandler } from './play-handler.ts'

process.exit(await playHandler(() => load(process.argv[2]), surroundings()))

async function load(file: string | undefined) {
  if (file === undefined) throw new Error('no module file was named')
  return handlerOf(await import(pathToFileURL(file).href), file)
}

function surroundings(): Surroundings {
  const events = need('HOLDFAST_EVENTS')
  const staging = need('HOLDFAST_STAGING')
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort(new Error('the job was asked to stop')))
  return {
    id: Number(need('HOLDFAST_JOB_ID')),
    attempt: Number(need('HOLDFAST_ATTEMPT')),
    input: JSON.parse(readFileSync(need('HOLDFAST_INPUT'), 'utf8')) as Json,
    checkpoint: readCheckpoint(need('HOLDFAST_CHECKPOINT')),
    signal: stop.signal,
    write: (stream, text) => void process[stream].write(text),
    say: (event) => appendFileSync(events, `${JSON.stringify({ ...event, at: Date.now() })}\n`),
    output: (artifact) => declaredFolder(staging, artifact),
    saved: joined(() => synced(events)),
  }
}

function need(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: this program is started by Holdfast, not by hand`)
  return value
}

// There only when this attempt is to go on from it.
function readCheckpoint(file: string): Json {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : null
}

// The runner made one folder for each artifact that the kind declares, so making it again must find it there.
function declaredFolder(staging: string, artifact: string): string {
  const folder = join(staging, artifact)
  if (artifact.includes('/') || mkdirSync(folder, { recursive: true }) !== undefined) throw notDeclared(artifact)
  return folder
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

// Who asks while it is at work gets the next one, which they share: what they wrote may have come too late for this one.
function joined(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null
  let next: Promise<void> | null = null
  const begin = () => {
    next = null
    current = work().finally(() => {
      current = null
    })
    return current
  }
  return () => {
    if (current === null) return begin()
    next ??= current.then(begin, begin)
    return next
  }
}
