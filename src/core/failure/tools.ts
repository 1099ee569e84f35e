// Compilers, package managers, test runners and other tools: the lines in which they say what went wrong, and those in which they only sum up.
import type { Rule } from './finding.ts'

export const toolRules: readonly Rule[] = [
  { when: /^"[^"]*" line \d+: warning: (?=Cannot|Skipping)/, weight: 'sure' },
  ...[
    // gcc, clang, javac, rustc, tsc, csc, go: the first error counts.
    /^[^\s:(][^:(]*(?::\d+){1,2}: (?:fatal )?error: /,
    /^[^\s(:][^(:]*\(\d+,\d+\): error \w+: /,
    /^\.?\/?[\w./-]+\.go:\d+:\d+: /,
    /^error\[E\d+\]: /,
    /^(?:\/\S+\/)?[\w.-]*ld: cannot find |^(?:\/\S+: )?\S+:\(\.text.*\): undefined reference to |^.{0,200}: undefined reference to /,
  ].map((when): Rule => ({ when, weight: 'strong', first: 'compiler' })),
  {
    when: /^(?:In file included|\s+from .+:\d+[:,]|.{1,200}: (?:In function|In member function|note: |warning: )|\s*\d* *\|( |$))/,
    weight: 'noise',
  },
  {
    when: /^collect2: error|^(?:clang|g?cc1?\S*): (?:fatal )?error: .*(?:failed|terminated)|^compilation terminated|^\S*ld: .*: in function /,
    weight: 'summary',
  },
  {
    when: /^error: could not compile|^error: aborting due to|^Some errors have detailed|^\d+ (?:errors?|warnings?)\b|^Compilation failed|^Found \d+ errors?/,
    weight: 'summary',
  },
  { when: /^BEGIN failed--|^Execution of .* aborted due to|^Use of uninitialized value/, weight: 'summary' },
  // Perl
  { when: /^.{1,300} at \S+ line \d+\.$/, weight: 'strong' },
  // make
  { when: /^\S*make(?:\[\d+\])?: \*\*\* (?:No rule|.*missing separator)|^\S+:\d+: \*\*\* /, weight: 'strong' },
  { when: /^\S*make(?:\[\d+\])?: [^*].*: (?:No such file or directory|Permission denied|not found)$/, weight: 'strong' },
  { when: /^\S*make(?:\[\d+\])?: \*\*\* (?:\[|Waiting)|^ninja: build stopped|^FAILED: /, weight: 'summary' },
  { when: /^\S*make(?:\[\d+\])?: /, weight: 'noise' },
  ...npmRules(),
  // pip
  {
    when: /^\s*error: (?:subprocess-exited-with-error|metadata-generation-failed)|^ERROR: (?:Failed building wheel|Could not build wheels|Exception:)/,
    weight: 'summary',
  },
  { when: /^\s*[×╰│]|^\s*\[end of output\]|^\s*note: This error originates/, weight: 'noise' },
  { when: /^error: externally-managed-environment/, weight: 'sure' },
  ...testRules(),
  // ffmpeg
  {
    when: /^(?:Conversion failed!|Error while processing the decoded data|Error splitting the argument list|Failed to inject frame|Error (?:re)?initializing filters!?|To ignore this, add)/,
    weight: 'summary',
  },
  { when: /^(?:ffmpeg|ffprobe) version |^(?:frame|size|video)[=:]\s*\d|^Press \[q\]|^Stream mapping|^(?:In|Out)put #\d/, weight: 'noise' },
  { when: /^\[\S+ @ 0x[\da-f]+\] (No such filter: .*)/, weight: 'sure', shows: (m) => m[1] ?? '' },
  { when: /^\[\S+ @ 0x[\da-f]+\] /, weight: 'plain' },
  { when: /^av_interleaved_write_frame\(\): .*/, weight: 'sure' },
  // cmake, Maven, Ansible, Octave, gnuplot
  { when: /^ {2}(Could not find a package configuration file provided by "[^"]*")/, weight: 'sure', shows: (m) => m[1] ?? '' },
  { when: /^CMake Error at [^(]* \((.*)\):$/, weight: 'strong' },
  { when: /^\s*(?:To see the full stack trace|Re-run Maven|\[Help \d+\]|After correcting the problems)/, weight: 'noise' },
  { when: /^fatal: \[[^\]]*\]: (?:FAILED|UNREACHABLE)! => (\{.*)/, weight: 'sure', shows: (m) => ansibleWords(m[1] ?? '') },
  { when: /^Syntax Error while loading YAML\.$/, weight: 'sure', shows: () => 'Syntax Error while loading YAML:' },
  // rclone: what it says at the end is said better before.
  { when: /^Attempt \d+\/\d+ failed with/, weight: 'summary' },
  { when: /^Failed to \w+(?: with \d+ errors)?: /, weight: 'trouble' },
  { when: /^error: (?:called from|ignoring const)/, weight: 'summary' },
  // git, rsync, tar, wget, docker, apt
  { when: /^ ! (\[(?:remote )?rejected\].*)/, weight: 'sure', shows: (m) => (m[1] ?? '').replace(/\s+/g, ' ') },
  { when: /^CONFLICT \(/, weight: 'strong', first: 'conflict' },
  { when: /^error: failed to push some refs|^fatal: Could not read from remote|^Automatic merge failed/, weight: 'summary' },
  {
    when: /^rsync error: |^rsync: connection unexpectedly closed|^tar(?: \(child\))?: (?:Child returned|Error is not|Exiting with)/,
    weight: 'summary',
  },
  { when: /^ERROR \d{3}: /, weight: 'strong' },
  { when: /^E: /, weight: 'strong' },
  { when: /^W: /, weight: 'noise' },
  { when: /^System has not been booted with systemd/, weight: 'sure' },
  { when: /^\d+\+\d+ records |^\d+ bytes .*copied/, weight: 'noise' },
  { when: /^==\d+==ERROR: (.*)/, weight: 'sure', shows: (m) => (m[1] ?? '').replace(/ at pc 0x.*/, '') },
  { when: /^SUMMARY: |^Shadow byte|^(?:=>)?\s+0x[\da-f]+: /, weight: 'noise' },
]

// What the module wrote to stderr, else what Ansible says of it. The object is cut where the log's line is.
function ansibleWords(object: string): string {
  const of = (name: string) => new RegExp(`"${name}": "((?:[^"\\\\]|\\\\.)+)"`).exec(object)?.[1]
  return (of('stderr') ?? of('msg') ?? object).replace(/\\(["\\])/g, '$1')
}

// "npm error code E404" and its sisters are fields; the first sentence is the reason, unless a script's own output has it.
function npmRules(): Rule[] {
  return [
    {
      when: /^npm (?:error|ERR!) (?:JSON\.parse|4\d\d|enoent|[A-Z]{4,}) (?=.*\S\s\S)(?!This is related|Note)\s*(.*)/,
      weight: 'strong',
      shows: (m) => npmWords(m[0]),
      first: 'npm',
    },
    {
      when: /^npm (?:error|ERR!) (?:code|syscall|path|errno|dest|command|cwd|workspace|location|signal|A complete log|Lifecycle script|If you are behind|To see a list)\b/,
      weight: 'summary',
    },
    { when: /^npm (?:error|ERR!) (?:\s|\}|Usage|Options|\d{3}|enoent|JSON)/, weight: 'noise' },
    { when: /^npm (?:error|ERR!) (\S.*)/, weight: 'strong', shows: (m) => m[1] ?? '', first: 'npm' },
    { when: /^npm (?:error|ERR!|warn|WARN|notice)|^> \S/, weight: 'noise' },
  ]
}

// "enoent Could not …" repeats the code; "404 Not Found" needs it.
function npmWords(text: string): string {
  return text.replace(/^npm (?:error|ERR!) (?:JSON\.parse |enoent )?/, '')
}

function testRules(): Rule[] {
  return [
    { when: /^(?:FAILED|ERROR) \S.* - /, weight: 'sure', first: 'pytest' },
    { when: /^ERROR (?:collecting|at) /, weight: 'noise' },
    { when: /^--- FAIL: /, weight: 'trouble', first: 'go test' },
    { when: /^\s+(\w+_test\.go:\d+: .*)/, weight: 'sure', shows: (m) => m[1] ?? '', first: 'go test' },
    { when: /^(?:FAIL|FAILED|ok|PASS)(?:\s|$)|^FAILED \(|^Ran \d+ tests?|^test result: |^error: test failed/, weight: 'summary' },
    { when: /^not ok \d+ - (.*)/, weight: 'summary' },
    { when: /^\s+error: ['"](.*)['"]$/, weight: 'strong', shows: (m) => m[1] ?? '', first: 'tap' },
    { when: /^\s+(\w*Error(?: \[\w+\])?: .*)/, weight: 'trouble', shows: (m) => m[1] ?? '', first: 'test', thrown: true },
    { when: /^[ℹ✔✖#]\s|^TAP version|^ok \d+ -|^\d+\.\.\d+$|^[.FEsx]+(?: +\[ *\d+%\])?$/, weight: 'noise' },
    { when: /^E {3,}([\w.]+(?:Error|Exception): .*)/, weight: 'strong', shows: (m) => m[1] ?? '', first: 'pytest raised' },
    { when: /^[!=_]{3,} .* [!=_]{3,}$/, weight: 'noise' },
    { when: /^(?:E|>) {3,}|^=+ .* =+$|^_+ .* _+$/, weight: 'plain' },
  ]
}
