// Texts that have broken something somewhere: markup, quotes, paths, terminal codes, Unicode that hides, numbers that are none. Endless, the same each time.

const markup = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  "'-alert(1)-'",
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '<a href="//evil.example">x</a>',
  '<!--',
  ']]>',
  '{{constructor.constructor("alert(1)")()}}',
  '\u0024{7*7}',
  '#{7*7}',
  '<%= 7*7 %>',
  '<style>*{background:url(//evil.example)}</style>',
  '<meta http-equiv=refresh content=0>',
  '<base href=//evil.example>',
  '&lt;script&gt;',
]
const queries = [
  "' or '1'='1",
  "'; drop table jobs; --",
  '"; drop table jobs; --',
  "1' union select password from users--",
  '%',
  '_',
  '\\',
  "\\'",
  '1); delete from jobs; --',
  '$1',
  '?',
  ':name',
  '/*',
  "x' || pg_sleep(10) || '",
]
const paths = [
  '..',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f',
  '..\\..\\windows',
  '/etc/passwd',
  'file:///etc/passwd',
  '\\\\evil\\share',
  '.git/config',
  'con',
  'a/b',
  './x',
  '~root',
  '%00',
  'x%00.png',
]
const commands = [
  '; touch /tmp/holdfast-canary',
  '$(touch /tmp/holdfast-canary)',
  '`touch /tmp/holdfast-canary`',
  '| touch /tmp/holdfast-canary',
  '&& touch /tmp/holdfast-canary',
  '\n touch /tmp/holdfast-canary',
  '-rf',
  '--help',
  '@/etc/passwd',
  '-',
]
const unseen = [
  '\u0000',
  'a\u0000b',
  '\r\nset-cookie: a=b',
  '\r\n\r\n<script>',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u007f',
  '\b\b\b',
  '\ud800',
  '\udfff\ud800',
  '\uffff',
  '\u{10ffff}',
  'e\u0301'.repeat(50),
  'Z\u0351\u036b\u0343\u036a'.repeat(40),
  '👩‍👩‍👧‍👦',
  'İıſK',
  'ﷺ'.repeat(20),
]
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'NaN',
  'Infinity',
  '-0',
  '[object Object]',
  '',
]
const numbers = [
  '0',
  '-1',
  '1e308',
  '1e999',
  '9007199254740993',
  '0x10',
  '1_000',
  '٣',
  ' 7 ',
  '1,2',
  '99999999999999999999',
  '1.5',
  '+1',
  '2147483648',
  '-9223372036854775809',
]
const shapes = [
  '{"a":1}',
  '[1,2]',
  '"x"',
  '{',
  '}',
  '[',
  '""',
  '\\u0000',
  '{"__proto__":{"x":1}}',
  'null',
  ' ',
  '\t',
  '\n',
  'a'.repeat(199),
  'a'.repeat(201),
  'a'.repeat(5_000),
  '('.repeat(500),
  '='.repeat(64),
]

const seeds = [...markup, ...queries, ...paths, ...commands, ...unseen, ...names, ...numbers, ...shapes]

/** The first `count`: every seed once, then two or three of them put together in ways that differ. */
export function hostileStrings(count: number): string[] {
  const seen = new Set(seeds)
  const at = (index: number) => seeds[index % seeds.length] ?? ''
  const joins = ['', ' ', '"', "'", '\n', '/', '\u0000', '%0a']
  for (let index = 0; seen.size < count; index++) {
    const join = joins[index % joins.length] ?? ''
    seen.add([at(index * 7 + 3), at(index * 13 + 5), index % 3 === 0 ? at(index * 29 + 11) : String(index)].join(join))
  }
  return [...seen].slice(0, count)
}
