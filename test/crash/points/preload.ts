// Loaded before a program (`--import`): gives every commit, rename, spawn, signal and descriptor of ours a name, and either writes the names down or
// kills the process at one of them. The product knows nothing of it. CRASH_RECORD=FILE, or CRASH_AT=POINT-AS-JSON.
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { CrashPoint } from './crash-point.ts'
import { callerOf, labelOf } from './naming.ts'

type Call = (this: unknown, ...given: unknown[]) => unknown
type Owner = Record<string, unknown>
/** What a call is about; null: it changes nothing that outlives the process. */
type About = (given: readonly unknown[], self: unknown) => string | null

const kill = process.kill.bind(process)
const append = fs.appendFileSync
const record = process.env.CRASH_RECORD
const at: CrashPoint | null = process.env.CRASH_AT === undefined ? null : JSON.parse(process.env.CRASH_AT)
const passed = new Map<string, number>()
let isRecording = false

/** Descriptors and handles that were opened for writing, by what they are of. */
const descriptors = new Map<unknown, string>()
const handles = new WeakMap<object, string>()

if (record !== undefined || at !== null) {
  wrapFiles()
  await wrapHandles()
  wrapProcesses()
  wrapDatabase()
  syncBuiltinESMExports()
}

function wrapFiles(): void {
  const files = fs as unknown as Owner
  const promises = fs.promises as unknown as Owner
  const path: About = ([first]) => labelOf(first)
  const both: About = ([from, to]) => `${labelOf(from)} → ${labelOf(to)}`
  for (const name of ['mkdir', 'rm', 'rmdir', 'unlink', 'writeFile', 'appendFile', 'copyFile', 'truncate', 'utimes', 'chmod', 'cp']) {
    wrap(files, `${name}Sync`, name, path)
    wrap(promises, name, name, path)
  }
  for (const name of ['rename', 'symlink', 'link']) {
    wrap(files, `${name}Sync`, name, both)
    wrap(promises, name, name, both)
  }
  wrap(files, 'openSync', 'open', path, (descriptor, given) => {
    if (isWriting(given[1])) descriptors.set(descriptor, labelOf(given[0]))
  })
  wrap(promises, 'open', 'open', path, (handle, given) => handles.set(handle as object, labelOf(given[0])))
  const ofDescriptor: About = ([descriptor]) => descriptors.get(descriptor) ?? null
  for (const name of ['write', 'fsync', 'ftruncate']) wrap(files, `${name}Sync`, name, ofDescriptor)
  wrap(files, 'closeSync', 'close', ofDescriptor, (_, given) => descriptors.delete(given[0]))
}

async function wrapHandles(): Promise<void> {
  const handle = await fs.promises.open('/dev/null')
  const owner = Object.getPrototypeOf(handle) as Owner
  await handle.close()
  for (const name of ['write', 'writeFile', 'sync', 'datasync', 'truncate', 'close'])
    wrap(owner, name, name, (_, self) => handles.get(self as object) ?? null)
}

function wrapProcesses(): void {
  const program: About = ([name]) => basename(String(name))
  for (const name of ['spawn', 'spawnSync', 'execFileSync', 'fork']) wrap(childProcess as unknown as Owner, name, 'spawn', program)
  const { execFile } = childProcess as unknown as { execFile: Call & Record<symbol, Call> }
  const promised = { execFile: execFile[promisify.custom] as unknown }
  wrap(childProcess as unknown as Owner, 'execFile', 'spawn', program)
  wrap(promised, 'execFile', 'spawn', program)
  Object.defineProperty(childProcess.execFile, promisify.custom, { value: promised.execFile })
  wrap(process as unknown as Owner, 'kill', 'signal', ([, signal]) => String(signal))
}

// A commit is named by what it writes: all of them come from the same line.
function wrapDatabase(): void {
  const texts = new WeakMap<object, string>()
  let written: string[] = []
  const database = DatabaseSync.prototype as unknown as Owner
  const statement = StatementSync.prototype as unknown as Owner
  const prepare = database.prepare as Call
  database.prepare = function (...given: unknown[]) {
    const prepared = prepare.apply(this, given) as object
    texts.set(prepared, String(given[0]))
    return prepared
  } satisfies Call
  for (const name of ['all', 'run', 'get']) {
    const original = statement[name] as Call
    statement[name] = function (...given: unknown[]) {
      const change = /\b(insert(?: or \w+)? into|update|delete from) (\w+)/.exec(texts.get(this as object) ?? '')
      if (change) written.push(`${change[1]?.split(' ')[0]} ${change[2]}`)
      return original.apply(this, given)
    } satisfies Call
  }
  wrap(database, 'exec', 'commit', ([text]) => {
    if (/^begin/.test(String(text))) written = []
    if (String(text) !== 'commit') return null
    return [...new Set(written)].join(', ') || 'the schema'
  })
}

function wrap(owner: Owner, name: string, verb: string, about: About, opened?: (answer: unknown, given: readonly unknown[]) => void): void {
  const original = owner[name] as Call | undefined
  if (original === undefined) return
  const wrapped: Call = function (...given) {
    const caller = isRecording ? null : callerOf()
    const what = caller === null ? null : about(given, this)
    const hit = what === null ? false : pass(verb, `${what} @ ${caller}`, isWriting(given[1]))
    if (hit && at?.side === 'before') die()
    const answer = original.apply(this, given)
    if (answer instanceof Promise)
      return answer.then((value) => {
        opened?.(value, given)
        if (hit) die()
        return value
      })
    opened?.(answer, given)
    if (hit) die()
    return answer
  }
  owner[name] = wrapped
}

/** Counts the call; true when it is the one to die at. */
function pass(verb: string, what: string, writing: boolean): boolean {
  const name = `${verb === 'open' && !writing ? 'open to read' : verb} ${what}`
  const ordinal = (passed.get(name) ?? 0) + 1
  passed.set(name, ordinal)
  if (record !== undefined) writeDown(record, { name, ordinal })
  return at !== null && at.name === name && at.ordinal === ordinal
}

function writeDown(file: string, point: object): void {
  isRecording = true
  append(file, `${JSON.stringify(point)}\n`)
  isRecording = false
}

function isWriting(flags: unknown): boolean {
  return typeof flags === 'number' ? (flags & 3) !== 0 : typeof flags === 'string' && flags !== 'r'
}

// A signal to oneself arrives before the call returns.
function die(): void {
  kill(process.pid, 'SIGKILL')
}
