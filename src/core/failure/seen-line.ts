// A line of the log as a person reads it: what a terminal would show of it, without the time and level that loggers put in front.
import type { Stream } from '../job.ts'
import { withoutEscapes } from '../one-line.ts'

export type Level = 'low' | 'warning' | 'error'

export interface SeenLine {
  seq: number
  stream: Stream
  /** What a terminal would show. */
  shown: string
  /** Without the logger's prefix. */
  text: string
  /** What the logger said of it; null where it is no logger's line. */
  level: Level | null
}

export function seenLine(line: { seq: number; stream: Stream; text: string }): SeenLine {
  const shown = shownOnTerminal(line.text)
  const parsed = structured(shown) ?? withoutPrefix(shown)
  return { seq: line.seq, stream: line.stream, shown, ...parsed }
}

/** What is left on a terminal of a line that rewrites itself: the last part that has something in it. */
export function shownOnTerminal(text: string): string {
  let end = text.length
  for (let part = 0; part < partsLooked && end > 0; part++) {
    const start = text.lastIndexOf('\r', end - 1) + 1
    const shown = withoutEscapes(text.slice(start, Math.min(end, start + most)))
    if (/\S/.test(shown)) return shown.replace(/\s+$/, '')
    end = start - 1
  }
  return ''
}

// Characters that are looked at: a failure shows 200. And parts: a line of empty ones has nothing to say.
const most = 1_000
const partsLooked = 20

type Parsed = Pick<SeenLine, 'text' | 'level'>

function structured(shown: string): Parsed | null {
  if (shown.startsWith('{"') && shown.endsWith('}')) return jsonLine(shown)
  const level = /(?:^| )(?:level|lvl|severity)=(\w+)/.exec(shown)?.[1]
  const message = level === undefined ? undefined : logfmtValue(shown, 'msg')
  if (level === undefined || message === undefined) return null
  const reason = logfmtValue(shown, 'error') ?? logfmtValue(shown, 'err')
  return { level: levelOf(level), text: reason === undefined ? message : `${message}: ${reason}` }
}

function jsonLine(shown: string): Parsed | null {
  const value = parsed(shown)
  if (value === null) return null
  const level = value.level ?? value.severity ?? value.levelname ?? value.lvl
  const message = value.msg ?? value.message ?? value.event
  if (typeof message !== 'string' || (typeof level !== 'string' && typeof level !== 'number')) return null
  const reason = textOf(value.error) ?? textOf(value.err) ?? textOf(value.exception)
  return { level: levelOf(level), text: reason === null || reason === message ? message : `${message}: ${reason}` }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || !('message' in value)) return null
  return typeof value.message === 'string' ? value.message : null
}

function logfmtValue(text: string, name: string): string | undefined {
  const at = text.indexOf(` ${name}=`)
  if (at < 0) return undefined
  const value = /^(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(text.slice(at + name.length + 2))
  return value?.[1]?.replace(/\\(.)/g, '$1') ?? value?.[2]
}

function withoutPrefix(shown: string): Parsed {
  const { rest, stamped } = withoutTime(shown)
  const found = stamped ? levelAmong(rest) : levelInFront(rest)
  if (found) return found
  return { text: rest, level: null }
}

// "2026-11-28T12:00:01.123Z ", "[12:00:01] ", "2026/11/28 12:00:01 ", "Nov 28 12:00:01 host program[7]: ", and Docker's "web-1  | ".
function withoutTime(shown: string): { rest: string; stamped: boolean } {
  const container = /^[\w.-]{1,60} {1,20}\| /.exec(shown)?.[0] ?? ''
  const text = shown.slice(/^\d+ +\| /.test(container) ? 0 : container.length)
  const syslog = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,80} [\w./@-]{1,80}(?:\[\d+\])?: /.exec(text)
  const stamp =
    syslog ??
    /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]?)?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]?[:,]?\s+(?:[-|] )?/.exec(text)
  return { rest: text.slice(stamp?.[0].length ?? 0), stamped: stamp !== null }
}

// Behind a time there are a few words before the level (thread, logger) and one behind it (logger).
function levelAmong(rest: string): Parsed | null {
  const words = /^(?:\S{1,80}\s+){0,5}/.exec(rest)?.[0].match(/\S+\s+/g) ?? []
  let at = 0
  for (const word of words) {
    at += word.length
    const level = levelWord(word)
    // "ERROR 404: Not Found." is a sentence, not a level.
    if (level !== null) return { level, text: /^\d+:/.test(rest.slice(at)) ? rest : withoutLogger(rest.slice(at)) }
  }
  return null
}

// Without a time only what cannot be the beginning of a sentence: "[ERROR] …", "ERROR:root:…", "SEVERE: …", "E1128 12:00:01.123 7 scan.go:9] …".
function levelInFront(rest: string): Parsed | null {
  const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]{1,80}:\d+\] /.exec(rest)
  if (klog) return { level: levelOf(klogLevels[klog[1] ?? ''] ?? ''), text: rest.slice(klog[0].length) }
  const bracket = /^\[([A-Za-z]{3,9})\] (?:\[[^\]]{1,80}\] )?/.exec(rest)
  const bracketed = bracket ? levelWord(`[${bracket[1]}]`) : null
  if (bracket && bracketed !== null) return { level: bracketed, text: rest.slice(bracket[0].length) }
  const root = /^(?:(DEBUG|INFO|WARNING|ERROR|CRITICAL):[\w.]{1,80}:|(SEVERE|INFO|FINE): )/.exec(rest)
  if (root) return { level: levelOf(root[1] ?? root[2] ?? ''), text: rest.slice(root[0].length) }
  const low = /^(?:INFO|DEBUG|TRACE|NOTICE|WARN|WARNING|warning|Warning)\b(?: \[[^\]]{1,80}\])?:? /.exec(rest)
  return low ? { level: /^w/i.test(rest) ? 'warning' : 'low', text: rest.slice(low[0].length) } : null
}

const klogLevels: Record<string, string> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' }

function levelWord(word: string): Level | null {
  const bare = word.trim().replace(/^[[(<|-]+|[\])>:|,-]+$/g, '')
  return /^(?:trace|debug|info|notice|warn|warning|err|error|severe|fatal|crit|critical|alert|emerg|panic)$/i.test(bare)
    ? levelOf(bare)
    : null
}

function levelOf(level: string | number): Level {
  if (typeof level === 'number') return level >= 50 ? 'error' : level >= 40 ? 'warning' : 'low'
  if (/^(?:err|severe|fatal|crit|alert|emerg|panic)/i.test(level)) return 'error'
  return /^warn/i.test(level) ? 'warning' : 'low'
}

// "app.worker: ", "[main] ", "c.s.App - ", "7 --- "; but not "ENOENT: " or "ValueError: ", which say what happened.
function withoutLogger(text: string): string {
  const rest = text.replace(/^[-|:] /, '').replace(/^\[[^\]]{1,80}\]:? (?:- )?/, '')
  const name = /^([\w.$-]{1,80}) ?(?::|-) /.exec(rest)
  if (!name || /^[A-Z_\d]+$|(?:Error|Exception)$/.test(name[1] ?? '')) return rest
  return rest.slice(name[0].length)
}
