// Which line of a log says why: every line is weighed, then the best one is taken. Pure; linear in the log.
import { anyLine } from './any-line.ts'
import { type Finding, type Weight, weights } from './finding.ts'
import type { SeenLine } from './seen-line.ts'
import { toolRules } from './tools.ts'
import { traceBlocks, traceRules } from './traces.ts'

export interface Chosen {
  message: string
  seq: number
  weight: Weight
  thrown: boolean
}

/** The line that says why, or null if none says anything. */
export function chooseLine(lines: readonly SeenLine[]): Chosen | null {
  const streams = (['stderr', 'stdout'] as const).map((stream) => weighed(lines.filter((line) => line.stream === stream)))
  const [stderr = [], stdout = []] = streams
  const best = bestOf(stderr, stdout)
  if (!best) return null
  const own = best.line.stream === 'stderr' ? stderr : stdout
  const first = firstOfItsKind(own, best)
  return {
    message: whole(own, first),
    seq: first.line.seq,
    weight: first.finding.weight,
    thrown: first.finding.thrown ?? false,
  }
}

interface Weighed {
  line: SeenLine
  finding: Finding
  index: number
}

const rules = [...traceRules, ...toolRules]

function weighed(lines: readonly SeenLine[]): Weighed[] {
  const found = new Map<number, Finding>()
  for (const block of traceBlocks) block(lines, found)
  const all = lines.map((line, index) => ({ line, index, finding: found.get(index) ?? byItself(line) }))
  return forgotten(all)
}

function byItself(line: SeenLine): Finding {
  for (const { when, weight, shows, thrown, first } of rules) {
    const match = when.exec(line.text)
    if (!match) continue
    const message = shows?.(match)
    return { weight, ...(message ? { message } : {}), ...(thrown ? { thrown } : {}), ...(first === undefined ? {} : { first }) }
  }
  return anyLine(line)
}

// An error after which much more was written was survived; it is worth less than what came last.
function forgotten(all: Weighed[]): Weighed[] {
  let since = 0
  for (const one of all.toReversed()) {
    if (since > survivedLines && weights[one.finding.weight] > weights.trouble) one.finding = { ...one.finding, weight: 'trouble' }
    if (one.finding.weight === 'plain' && !/^\s/.test(one.line.text)) since++
  }
  return all
}

const survivedLines = 40

function bestOf(stderr: readonly Weighed[], stdout: readonly Weighed[]): Weighed | undefined {
  const last = (of: readonly Weighed[], ...among: Weight[]) => of.findLast(({ finding }) => among.includes(finding.weight))
  const later = (a: Weighed | undefined, b: Weighed | undefined) => ((a?.line.seq ?? 0) > (b?.line.seq ?? 0) ? a : (b ?? a))
  return (
    last(stderr, 'sure') ??
    last(stderr, 'strong') ??
    last(stdout, 'sure') ??
    later(last(stderr, 'trouble'), last(stdout, 'strong')) ??
    later(last(stderr, 'plain'), last(stdout, 'trouble')) ??
    last(stderr, 'summary') ??
    last(stdout, 'summary')
  )
}

// Of a compiler's errors the first one counts, as long as they stand together.
function firstOfItsKind(all: readonly Weighed[], best: Weighed): Weighed {
  const { first, adjacent, weight } = best.finding
  const reach = first === undefined ? (adjacent === undefined ? 0 : 1) : together
  let earliest = best
  for (let index = best.index - 1; index >= 0 && earliest.index - index <= reach; index--) {
    const one = all[index]
    const same = one?.finding.weight === weight && one.finding.first === first && one.finding.adjacent === adjacent
    if (one && same) earliest = one
  }
  return earliest
}

const together = 150

// A sentence that ends with a colon, or in the middle, goes on in the next line.
function whole(all: readonly Weighed[], { line, finding, index }: Weighed): string {
  const message = (finding.message ?? line.text).trim()
  if (!/:$|.{60} (?:or|and|the|a|an|of|to|in|with|by|for)$/.test(message)) return message
  const next = all.slice(index + 1, index + 4).find(({ line }) => line.text.trim() !== '')
  return next && !/^\s+at /.test(next.line.text) ? `${message} ${(next.finding.message ?? next.line.text).trim()}` : message
}
