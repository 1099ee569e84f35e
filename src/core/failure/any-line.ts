// Lines of tools that nobody told us of: what the words of a line are worth.
import type { Finding, Rule } from './finding.ts'
import type { SeenLine } from './seen-line.ts'

const rules: readonly Rule[] = [
  { when: /^[^\p{L}\p{N}]*$/u, weight: 'noise' },
  { when: /^\(gone from the log file\)$|^\++ \S|^https?:\/\/\S+$|^\s*[\^~]+/, weight: 'noise' },
  // How it is called, what could help, what is still fine.
  { when: /^\s*(?:usage|try|see|hint|help|note|info|debug|for more information|please|options)\b/i, weight: 'noise' },
  { when: /^\s*(?:deprecated|warning)\b|^.{0,200}Warning: |^.{0,200}\bwarning: /i, weight: 'summary' },
  // Progress.
  { when: /^\s*\d{1,3}(?:\.\d+)?%|^.{0,200}\d%[|\s]|^\s*%\s|^[\s\d.:kMGTB/%-]+$|^\s*Dload /, weight: 'noise' },
  {
    when: /^(?:Killed|Terminated|Aborted|Segmentation fault|Bus error|Hangup|Trace\/breakpoint trap)(?: \(core dumped\))?$/,
    weight: 'noise',
  },
  // What only sums up.
  { when: /^.{0,200}\b(?:exit(?:ed|ing)?,? (?:with )?(?:status|code|value)|non-zero|exit status)\b/i, weight: 'summary' },
  {
    when: /^\W*(?:the )?(?:\w+ )?(?:job|build|command|task|script|compilation|test|tests|process|operation|run)s? (?:has |have )?(?:failed|aborted)\W*$/i,
    weight: 'summary',
  },
  {
    when: /^\W*(?:exiting|aborting|giving up|error|errors|failed|failure|fatal|bye)\W*$|^error during build:$|^Build failed with/i,
    weight: 'summary',
  },
]

// "error: …", "tool: fatal error: …", "ERROR 2003 (HY000): …", "Error opening the file: …".
const marked =
  /^(?:[\w./+-]{1,80}(?: \[\w+\])?: |[A-Z][a-z]{1,20} )?(?:fatal error|fatal|error|critical|panic|err)(?:\[[\w.]{1,40}\])?(?: \d{1,5}(?: \(\w{1,10}\))?)?\s?[:!] ?\S|^(?:error|fatal|failed)\b[^:]{1,80}: \S/i

const trouble = new RegExp(
  `\\b(?:${[
    "cannot|can't|can’t|couldn't|could not|unable|fail(?:ed|ure|s)?|not (?:be )?found|no such|not exist|does not|doesn't|did not",
    'denied|refused|invalid|illegal|missing|unknown|unrecogni[sz]ed|unexpected|unsupported|not supported|undefined|uncaught|unbound',
    'expected|corrupt\\w*|broken|abort\\w*|exceeded|time[d]?[ -]?out|too (?:many|large|long|big|few|short)|required|must|already',
    'in use|permission|forbidden|unauthori[sz]ed|conflict|mismatch|bad|wrong|violat\\w+|unreachable|rejected|locked|read-only|full',
    "out of|no space|not a|not in|is not|are not|isn't|error|errors|fatal|exception|panic|no|nothing",
  ].join('|')})\\b`,
  'i',
)

export function anyLine(line: SeenLine): Finding {
  const { text, level } = line
  const rule = rules.find(({ when }) => when.test(text))
  if (rule) return { weight: rule.weight }
  if (level === 'low') return { weight: 'noise' }
  if (level === 'warning') return { weight: 'summary' }
  if (level === 'error') return { weight: 'strong' }
  // "ERROR: game.7z" only names something.
  if (marked.test(text)) return { weight: /[:!]\s*\S+$/.test(text.slice(-200)) && !/[:!] .*\s.*\s/.test(text) ? 'trouble' : 'strong' }
  // What is indented belongs to something else.
  if (/^(?:\t| {2})/.test(text)) return { weight: 'plain' }
  if (!placed.test(text) && !trouble.test(text)) return { weight: 'plain' }
  const program = /^[\w.+-]{1,80}(?= ?: )(?!.{0,80}: line \d)/.exec(text)?.[0]
  return { weight: 'trouble', ...(program === undefined ? {} : { adjacent: program }) }
}

// "scan.lua:3: …": who names a place in a source tells of trouble there.
const placed = /^(?:[\w.+-]{1,80}: )?[\w./-]{1,200}\.\w{1,8}:\d{1,9}(?::\d{1,9})?: ?\S/
