// Tracebacks, stack traces and panics: lines that belong together, and the one of them that says what was thrown.
// For chains: Python and Ruby programs raise anew to say it better, so the last raise counts; wrappers of Java, .NET and Node mostly repeat
// or hide, so the innermost cause counts. See docs/reference/failures.md.
import type { Block, Finding, Rule } from './finding.ts'
import type { SeenLine } from './seen-line.ts'

const summary: Finding = { weight: 'summary' }
const noise: Finding = { weight: 'noise' }

/** Lines that are known by themselves. Every expression is anchored or looks for a word: the time is linear. */
export const traceRules: readonly Rule[] = [
  {
    when: /^\s+at |^\s*\.\.\. \d+ (?:more|common frames)|^\s+from .+:\d+:in |^#\d+ |^\s+#\d+ |^Stack trace:|^Traceback|^\s+File "/,
    weight: 'noise',
  },
  {
    when: /^Node\.js v\d|^node:internal|^Emitted '|^\(Use `node --trace|^stack traceback:|^Require stack:|^-{3,} (?:Native|JavaScript) stack|^\s+--- End of |^\s+thrown in /,
    weight: 'noise',
  },
  {
    when: /^note: run with `RUST_BACKTRACE|^stack backtrace:|^\s+\d+: +\S|^\[signal SIG|^goroutine \d+ \[|^(?:\[ERROR\] )?FATAL UNHANDLED EXCEPTION/i,
    weight: 'noise',
  },
  { when: /^(?:The above exception was|During handling of the above|\+-+|Exception in thread Thread-)/, weight: 'noise' },
  { when: /^Error: Could not find or load main class .*/, weight: 'sure', thrown: true },
  { when: /^Exception in thread "[^"]*" ([\w.$]+.*)/, weight: 'strong', shows: (m) => m[1] ?? '', thrown: true },
  { when: /^Caused by: ([\w.$]+(?::.*)?)$/, weight: 'strong', shows: (m) => m[1] ?? '', thrown: true },
  { when: /^\s*\[cause\]: (.*)/, weight: 'strong', shows: (m) => (m[1] ?? '').replace(/ \{$/, ''), thrown: true },
  { when: /^\s*\[?AggregateError\b/, weight: 'summary', thrown: true },
  { when: /^\[(\w*Error(?: \[\w+\])?: .*)\](?: \{)?$/, weight: 'strong', shows: (m) => m[1] ?? '', thrown: true },
  { when: /^Error: Command failed: /, weight: 'summary', thrown: true },
  {
    when: /^(?:Unhandled exception[.:] ?)?([\w.]+: .*? ---> .*)/i,
    weight: 'strong',
    shows: (m) => (m[1] ?? '').split(' ---> ').at(-1) ?? '',
    thrown: true,
  },
  { when: /^ ---> ([\w.`+]+: .*)/, weight: 'strong', shows: (m) => m[1] ?? '', thrown: true },
  { when: /^Unhandled exception[.:] ([\w.]+.*)/i, weight: 'strong', shows: (m) => m[1] ?? '', thrown: true },
  { when: /^Unhandled Exception:$/, weight: 'noise' },
  { when: /^(?:PHP )?(?:Warning|Notice|Deprecated): +(.* on line \d+)$/, weight: 'summary', shows: (m) => m[1] ?? '' },
  {
    when: /^(?:PHP )?(?:Fatal error|Parse error): +(?:Uncaught )?(.*)/,
    weight: 'strong',
    shows: (m) => withoutPlace(m[1] ?? ''),
    thrown: true,
  },
  {
    when: /^runtime: out of memory: .*|^(?:FATAL ERROR: )?.*JavaScript heap out of memory|^memory allocation of \d+ bytes failed/,
    weight: 'sure',
    thrown: true,
  },
  {
    when: /^panic: .*|^fatal error: (?!.*No such file).*|^Fatal Python error: .*|^thread '.*' .*has overflowed its stack/,
    weight: 'strong',
    thrown: true,
  },
  { when: /^subprocess\.CalledProcessError|^SystemExit\b|^\w*ExceptionGroup: /, weight: 'summary', thrown: true },
  // "ValueError: …", "TypeError [ERR_X]: …", "java.io.IOException: …": what most languages print last or near it.
  {
    when: /^(?:Uncaught )?((?!Error: )[\w.$:\\]*(?:Error|Exception)(?: \[\w+\])?: \S.*)/,
    weight: 'strong',
    shows: (m) => m[1] ?? '',
    thrown: true,
  },
  { when: /^[\w.]*(?:[a-z]Error|Exception|KeyboardInterrupt)$/, weight: 'strong', thrown: true },
]

/** Lines that are known by their neighbours. Each looks at every line a bounded number of times. */
export const traceBlocks: readonly Block[] = [python, nodeSource, nodeErrors, rustPanic, cxxTerminate, ruby, goroutines, causes]

function withoutPlace(text: string): string {
  return /^[\w\\]+: /.test(text) ? text.replace(/ in \/\S+:\d+$/, '') : text
}

function python(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index]?.text ?? ''
    if (!/Traceback \(most recent call last\):\s*$/.test(text)) continue
    // Within quotes of another tool all of it is indented; behind a progress bar it only seems to be.
    const front = text.slice(0, text.lastIndexOf('Traceback'))
    const margin = /^[\s|+]*(?:Exception Group )?$/.test(front) ? front.replace('Exception Group ', '').length : 0
    const last = lastOfTrace(lines, index, margin)
    for (let frame = index; frame < last; frame++) found.set(frame, noise)
    const thrown = lines[last]?.text.slice(margin) ?? ''
    if (/^[\w.]+(?::|$)/.test(thrown)) found.set(last, pythonThrown(lines, last, thrown))
    index = last - 1
  }
}

function lastOfTrace(lines: readonly SeenLine[], start: number, margin: number): number {
  let index = start + 1
  while (index < lines.length - 1 && /^\s|^$/.test((lines[index]?.text ?? '').slice(margin))) index++
  return index
}

function pythonThrown(lines: readonly SeenLine[], index: number, thrown: string): Finding {
  if (/^(?:subprocess\.CalledProcessError|SystemExit|\w*ExceptionGroup|multiprocessing\.pool\.RemoteTraceback)\b/.test(thrown))
    return summary
  const asserted = (lines[index - 1]?.text.trim().startsWith('^') ? lines[index - 2] : lines[index - 1])?.text.trim() ?? ''
  if (thrown === 'AssertionError' && asserted.startsWith('assert '))
    return { weight: 'strong', message: `AssertionError: ${asserted}`, thrown: true }
  // Raised without a word from another one: that one says more.
  if (/^[\w.]+:?$/.test(thrown) && raisedFrom(lines, index)) return summary
  return { weight: 'strong', message: thrown, thrown: true }
}

function raisedFrom(lines: readonly SeenLine[], index: number): boolean {
  const from = lines.findLastIndex((line, at) => at < index && line.text.startsWith('The above exception was the direct cause'))
  return from > 1 && (lines[from - 2]?.text.includes(': ') ?? false)
}

// "file:///app/a.js:12", then the source up to the mark below it.
function nodeSource(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (const [index, { text }] of lines.entries()) {
    if (!/^(?:file:\/\/|node:|\/|[A-Z]:\\).*:\d+$/.test(text)) continue
    const end = lines.findIndex((line, at) => at > index && at < index + 12 && /^\s*(?:\^+\s*)?$/.test(line.text))
    for (let at = index; at <= end; at++) found.set(at, noise)
  }
}

// "Error: …" is what any tool may write; with frames below it was thrown. Of several at once the first one stands for all.
function nodeErrors(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (const [index, { text }] of lines.entries()) {
    const next = lines[index + 1]?.text.trim() ?? ''
    if (/^\s*\[errors\]: \[$/.test(text) && next !== '') found.set(index + 1, { weight: 'strong', message: next, thrown: true })
    const framed = /^Error: (?!Command failed)/.test(text) && lines.slice(index + 1, index + 4).some((line) => /^\s+at /.test(line.text))
    if (framed) found.set(index, { weight: 'strong', thrown: true })
  }
}

function rustPanic(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (const [index, { text }] of lines.entries()) {
    if (!/^thread '.*panicked at /.test(text)) continue
    const old = /panicked at '(.*)', [^']*$/.exec(text)?.[1]
    const next = lines[index + 1]?.text ?? ''
    const sides = lines.slice(index + 2, index + 4).filter((line) => /^ +(?:left|right): /.test(line.text))
    const message = [next, ...sides.map((line) => line.text.trim())].join(', ')
    if (old !== undefined) found.set(index, { weight: 'strong', message: old, thrown: true })
    else if (next !== '') {
      found.set(index, noise)
      found.set(index + 1, { weight: 'strong', message, thrown: true })
    }
  }
}

function cxxTerminate(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (const [index, { text }] of lines.entries()) {
    const name = /^terminate called after throwing an instance of '([^']*)'/.exec(text)?.[1]
    if (name === undefined) continue
    const what = /^\s+what\(\): +(.*)/.exec(lines[index + 1]?.text ?? '')?.[1]
    const message = what === undefined || what === name ? name : `${name}: ${what}`
    found.set(index, { weight: what === undefined ? 'sure' : 'noise', message, thrown: true })
    if (what !== undefined) found.set(index + 1, { weight: 'sure', message, thrown: true })
  }
}

// "sync.rb:2:in `load': the words (ArgumentError)", then frames, then what it was raised from.
function ruby(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  let within = false
  for (const [index, { text }] of lines.entries()) {
    const message = rubyThrown(text)
    if (message !== null) {
      found.set(index, within ? noise : { weight: 'strong', message, thrown: true })
      within = true
    } else if (!/^\s+from |^\s*$|^\s+[\^~]/.test(text)) within = false
  }
}

function rubyThrown(text: string): string | null {
  const place = text.search(/:\d+:in [`']/)
  const end = text.indexOf("': ", place)
  return place < 0 || end < 0 || !/ \([A-Z][\w:]*\)$/.test(text.slice(-120)) ? null : text.slice(end + 3)
}

// Behind "goroutine 1 [running]:" come functions and places, in groups, up to the end.
function goroutines(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  let within = false
  for (const [index, { text }] of lines.entries()) {
    if (/^goroutine \d+ \[/.test(text)) within = true
    else if (text === '') within = false
    if (within) found.set(index, noise)
  }
}

// anyhow's and cargo's "Error: …", "Caused by:", and the causes indented: together they are one sentence.
function causes(lines: readonly SeenLine[], found: Map<number, Finding>): void {
  for (const [index, { text }] of lines.entries()) {
    if (text.trim() !== 'Caused by:') continue
    const outer = lines.findLastIndex((line, at) => at < index && at >= index - 3 && line.text.trim() !== '')
    let said = lines[outer]?.text.trim() ?? ''
    for (let at = index + 1; at < Math.min(lines.length, index + 8) && /^\s+\S/.test(lines[at]?.text ?? ''); at++) {
      found.set(at, noise)
      said += `: ${lines[at]?.text.trim().replace(/^\d+: /, '')}`
    }
    found.set(index, noise)
    if (outer >= 0) found.set(outer, { weight: 'sure', message: said })
  }
}
