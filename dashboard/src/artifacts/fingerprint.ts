// What two fingerprints differ in. The app spells them as it likes: pairs (`mode=full;episodes=7`), JSON, or one word. Pure.

export interface Difference {
  /** Null: the fingerprints have no parts with names, and differ as a whole. */
  name: string | null
  /** Null: it has no such part. */
  from: string | null
  to: string | null
}

/** Part by part where both are made of named parts, else as a whole. Empty: they are the same. */
export function differences(from: string, to: string): Difference[] {
  if (from === to) return []
  const [before, after] = [partsOf(from), partsOf(to)]
  if (before === null || after === null) return [{ name: null, from, to }]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const differing = names.filter((name) => before.get(name) !== after.get(name))
  // Spelled in another order, they are other fingerprints all the same.
  if (differing.length === 0) return [{ name: null, from, to }]
  return differing.map((name) => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
}

export interface Piece {
  text: string
  isNew: boolean
}

/** The text in pieces, between which a line may break: those that `other` does not have at their place are new. None is where the two are built differently. */
export function marked(text: string, other: string | null): Piece[] {
  const split = (whole: string) => whole.split(/(?<=[;&,|=:\s"{}[\]])|(?=[;&,|=:\s"{}[\]])/)
  const [own, others] = [split(text), other === null ? [] : split(other)]
  const isAlike = own.length === others.length
  return own.map((piece, place) => ({ text: piece, isNew: isAlike && piece !== others[place] }))
}

const separators = [';', '&', '\n', '|', ',', ' ']

/** By name; null: no named parts. Of several ways to cut it, the one with the most parts. */
function partsOf(fingerprint: string): Map<string, string> | null {
  if (fingerprint.trimStart().startsWith('{')) return jsonParts(fingerprint)
  const ways = separators.map((separator) => pairsOf(fingerprint, separator)).filter((way) => way !== null)
  return ways.reduce<Map<string, string> | null>((best, way) => (best === null || way.size > best.size ? way : best), null)
}

function pairsOf(fingerprint: string, separator: string): Map<string, string> | null {
  const pairs = new Map<string, string>()
  for (const part of fingerprint.split(separator)) {
    if (part.trim() === '') continue
    const [, name, value] = /^\s*([^\s=:]+)\s*[=:]\s*(.*?)\s*$/s.exec(part) ?? []
    if (name === undefined || value === undefined || pairs.has(name)) return null
    pairs.set(name, value)
  }
  return pairs.size === 0 ? null : pairs
}

function jsonParts(fingerprint: string): Map<string, string> | null {
  try {
    const parts = new Map<string, string>()
    collect(JSON.parse(fingerprint), '', parts)
    return parts
  } catch {
    return null
  }
}

function collect(value: unknown, path: string, parts: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) collect(inner, path === '' ? name : `${path}.${name}`, parts)
  } else parts.set(path, typeof value === 'string' ? value : JSON.stringify(value))
}
