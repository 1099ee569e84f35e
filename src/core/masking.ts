// Takes secrets out of text: as they are, and as they look in base64, in an address, in JSON, and line by line. Pure, in time that grows with the text
// alone. Best effort: what is written in any other form is not recognised.
import type { Json } from './job.ts'
import { limits } from './limits.ts'
import { atNothing, type Needles, needlesOf } from './needles.ts'

/** What stands in the place of a secret in text; in bytes each of its bytes is a star, so that offsets stay. */
export const maskWords = '•••'

export interface Mask {
  /** `cut`: where it was cut off from what it belongs to; a part of a secret that is seen there is taken out as well. */
  text(text: string, cut?: Cut): string
  /** The same in all texts and names of a value. */
  json<Value extends Json>(value: Value): Value
  /** For bytes that come in pieces, cut anywhere. */
  bytes(): ByteMask
  /** Bytes on both sides that decide whether one is taken out. */
  readonly reach: number
}

export interface Cut {
  before?: boolean
  after?: boolean
}

export interface ByteMask {
  /** Bytes that are certain by now; as many come out in the end as went in. */
  push(piece: Uint8Array): Uint8Array
  /** The rest. */
  end(): Uint8Array
}

/** Null: there is nothing to take out. */
export function maskOf(secrets: Iterable<string>): Mask | null {
  const forms = [...new Set([...secrets].flatMap(formsOf))]
  if (forms.length === 0) return null
  const forward = needlesOf(forms, textCodes)
  let backward: Needles | null = null
  let ofBytes: Needles | null = null

  function text(whole: string, cut: Cut = {}): string {
    const spans: number[] = []
    const found = (start: number, end: number) => addSpan(spans, start, end)
    if (cut.before) {
      backward ??= needlesOf(forms.map(reversed), textCodes)
      const depth = depthAtStart(backward, whole)
      if (depth >= limits.secretLeast) found(0, depth)
    }
    const state = forward.inText(whole, found)
    const depth = forward.depthOf(state)
    if (cut.after && depth >= limits.secretLeast) found(whole.length - depth, whole.length)
    return spans.length === 0 ? whole : withoutSpans(whole, spans)
  }

  return {
    text,
    reach: Math.max(...forms.map((form) => encoder.encode(form).length)) - 1,
    json: (value) => inJson(value, text) as typeof value,
    bytes() {
      ofBytes ??= needlesOf([...new Set(forms.map(asBytes))], byteCodes)
      return byteMask(ofBytes)
    },
  }
}

const textCodes = 65_536
const byteCodes = 256

/** Whether what is in a variable, or in a field, is a secret by its name. */
export function isSecretName(name: string): boolean {
  // What says where a secret is, is none.
  if (/[_-](dir|path|file|folder|home|sock|name)$/i.test(splitWords(name))) return false
  return /(^|[_-])(token|key|pat|auth|authorization)$|secret|passw|passphrase|credential|api[_-]?key|(auth|access|refresh|bearer)[_-]?token|private[_-]?key/i.test(
    splitWords(name),
  )
}

/** `apiKey` has the words that `api_key` has. */
function splitWords(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
}

/** What is secret of a variable: its value by its name, or the password in an address. */
export function secretsOfVariable(name: string, value: string): string[] {
  if (isSecretName(name)) return [value]
  if (!/(^|_)(url|uri|dsn)$/i.test(name) || !URL.canParse(value)) return []
  const { password } = new URL(value)
  return password === '' ? [] : [password, decoded(password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The same value with what is in fields of such names taken out; nothing else of it is looked at. */
export function withoutSecretFields(value: Json): Json {
  if (Array.isArray(value)) return mapped(value, withoutSecretFields)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const shown = entries.map(([name, inner]): [string, Json] => [name, isHidden(name, inner) ? maskWords : withoutSecretFields(inner)])
  return shown.every(([, inner], index) => inner === entries[index]?.[1]) ? value : Object.fromEntries(shown)
}

/** The other way about: where somebody hands back what he was shown, what he was not shown is put in again. */
export function withSecretFields(value: Json, stored: Json): Json {
  if (Array.isArray(value))
    return value.map((inner, index) => withSecretFields(inner, Array.isArray(stored) ? (stored[index] ?? null) : null))
  if (typeof value !== 'object' || value === null) return value
  const before = typeof stored === 'object' && !Array.isArray(stored) && stored !== null ? stored : {}
  const entries = Object.entries(value).map(([name, inner]): [string, Json] => {
    const kept = Object.hasOwn(before, name) ? (before[name] ?? null) : null
    return [name, inner === maskWords && kept !== null && isHidden(name, kept) ? kept : withSecretFields(inner, kept)]
  })
  return Object.fromEntries(entries)
}

// That there is none is no secret, and neither is how many there are.
function isHidden(name: string, value: Json): boolean {
  return isSecretName(name) && (typeof value === 'string' || typeof value === 'object') && value !== null && value !== ''
}

function mapped(values: Json[], map: (value: Json) => Json): Json[] {
  const shown = values.map(map)
  return shown.every((value, index) => value === values[index]) ? values : shown
}

/** Everything that a secret may look like. What is too short to be one would take out half of every text. */
function formsOf(given: string): string[] {
  const whole = given.toWellFormed()
  const secret = whole.trim()
  if (secret.length < limits.secretLeast) return []
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim())
  // One that was read from a file has a newline behind it, which may or may not be written out with it.
  const encoded = [whole, secret].flatMap((text) => [...addressForms(text), ...jsonForms(text), ...base64Forms(text)])
  return [secret, ...lines, ...encoded].filter(({ length }) => length >= limits.secretLeast)
}

// Programs differ in what they leave as it is: a browser, a form of a browser, curl and Python, Python in a path.
function addressForms(secret: string): string[] {
  const bytes = asBytes(secret)
  const upper = ["-_.!~*'()", '-_.~', '-_.*', '-_.~/'].map((left) => percent(bytes, left))
  const all = [...upper, ...upper.map((form) => form.replaceAll('%20', '+'))]
  return [...all, ...all.map((form) => form.replaceAll(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase()))]
}

function percent(bytes: string, left: string): string {
  const isLeft = (sign: string) => /[A-Za-z\d]/.test(sign) || left.includes(sign)
  const hex = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  return Array.from(bytes, (sign) => (isLeft(sign) ? sign : hex(sign))).join('')
}

function jsonForms(secret: string): string[] {
  const usual = JSON.stringify(secret).slice(1, -1)
  const ascii = usual.replaceAll(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const forms = [usual, ascii]
  return [...forms, ...forms.map((form) => form.replaceAll('/', '\\/'))]
}

// Three bytes are four characters: what a secret looks like depends on how many bytes stand before it. The characters at both ends that others have a
// part in are left out.
function base64Forms(secret: string): string[] {
  const own = asBytes(secret)
  const forms = [0, 1, 2].map((before) => {
    const whole = btoa('\0'.repeat(before) + own)
    const shared = Math.ceil((before * 8) / 6)
    return whole.slice(shared, Math.floor(((before + own.length) * 8) / 6))
  })
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

const encoder = new TextEncoder()

/** Its UTF-8, a byte in each code unit. */
function asBytes(text: string): string {
  let bytes = ''
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

function reversed(text: string): string {
  let back = ''
  for (let index = text.length - 1; index >= 0; index--) back += text.charAt(index)
  return back
}

// How much of its beginning is the end of a secret: read backwards, from as far in as the longest one reaches.
function depthAtStart(backward: Needles, text: string): number {
  const beginning = text.slice(0, longestForm)
  return backward.depthOf(backward.inText(reversed(beginning), () => undefined))
}

const longestForm = 4 * limits.secretCharacters

// Starts and ends in turn; they come by their ends, and those that touch are one.
function addSpan(spans: number[], start: number, end: number): void {
  let from = start
  let to = end
  while (spans.length > 0 && (spans.at(-1) ?? 0) >= from) {
    to = Math.max(to, spans.pop() ?? 0)
    from = Math.min(from, spans.pop() ?? 0)
  }
  spans.push(from, to)
}

function withoutSpans(text: string, spans: readonly number[]): string {
  let shown = ''
  let at = 0
  for (let index = 0; index < spans.length; index += 2) {
    shown += text.slice(at, spans[index]) + maskWords
    at = spans[index + 1] ?? text.length
  }
  return shown + text.slice(at)
}

function inJson(value: Json, text: (text: string) => string): Json {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner) => inJson(inner, text))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [text(name), inJson(inner, text)]))
}

const star = 42
const newline = 10

function byteMask(needles: Needles): ByteMask {
  let state = atNothing
  // What may be the beginning of a secret is not given out yet.
  let held = new Uint8Array()
  return {
    push(piece) {
      const before = held.length
      const all = new Uint8Array(before + piece.length)
      all.set(held)
      all.set(piece, before)
      // What was written on several lines stays so: whoever counts them counts on.
      const found = (start: number, end: number) => {
        for (let index = before + start; index < before + end; index++) if (all[index] !== newline) all[index] = star
      }
      state = needles.inBytes(piece, state, found)
      const certain = all.length - needles.depthOf(state)
      held = all.slice(certain)
      return all.subarray(0, certain)
    },
    end() {
      const rest = held
      held = new Uint8Array()
      state = atNothing
      return rest
    },
  }
}
