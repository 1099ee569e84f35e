// Secrets are taken out in every form that is promised, wherever text is cut, and nothing else is touched.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isSecretName, type Mask, maskOf, maskWords, secretsOfVariable, withoutSecretFields, withSecretFields } from './masking.ts'
import { atNothing, needlesOf } from './needles.ts'

// 64 bytes with everything that some form writes in another way.
const secret = 'p/+&=? "\\s"\tk_9~!*()\'é€#%20;:@<>{}[]|^`Zq7wLm0xN5vB8tR2yU4iO6'
assert.equal(Buffer.byteLength(secret), 64)
const plain = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc-0123456789abcdefghijklmnopqrstuv'.slice(0, 64)

const mask = (...secrets: string[]): Mask => maskOf(secrets) ?? assert.fail('there is nothing to take out')
const ofPlain = mask(plain)
const ofBoth = mask(plain, secret)
const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** What others make of a secret, by their own means. */
const forms: Record<string, (secret: string) => string> = {
  'as it is': (one) => one,
  'in an address': (one) => encodeURIComponent(one),
  'in a form': (one) => new URLSearchParams({ v: one }).toString().slice(2),
  'in an address, in small letters': (one) => encodeURIComponent(one).replace(/%../g, (byte) => byte.toLowerCase()),
  'in an address, as Python writes it': (one) =>
    encodeURIComponent(one).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  'in JSON': (one) => JSON.stringify(one).slice(1, -1),
  'in JSON of ASCII': (one) =>
    JSON.stringify(one)
      .slice(1, -1)
      .replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in base64': (one) =>
    Buffer.from(one)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(0, Math.floor((Buffer.byteLength(one) * 8) / 6)),
}

/** The characters of base64 that the secret alone decides, with so many bytes before it. */
function ownBase64(before: string, one: string, after: string, encoding: 'base64' | 'base64url'): { whole: string; own: string } {
  const whole = Buffer.from(before + one + after).toString(encoding)
  const start = Buffer.byteLength(before) * 8
  return { whole, own: whole.slice(Math.ceil(start / 6), Math.floor((start + Buffer.byteLength(one) * 8) / 6)) }
}

describe('in text', () => {
  for (const [name, form] of Object.entries(forms))
    for (const one of [secret, plain])
      test(`${name}: ${one === plain ? 'letters' : 'signs'}`, () => {
        const written = form(one)
        const shown = mask(one).text(`before ${written} after ${written}${written}.`)
        assert.equal(shown, `before ${maskWords} after ${maskWords}.`)
      })

  test('in base64 of something longer, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('base64', 'base64url'),
        (before, after, encoding) => {
          const { whole, own } = ownBase64(before.toWellFormed(), plain, after.toWellFormed(), encoding as 'base64')
          const shown = ofPlain.text(whole)
          assert.ok(!shown.includes(own), shown)
          assert.ok(shown.includes(maskWords))
          assert.equal(shown.length, whole.length - own.length + maskWords.length, 'and no more than that is taken out')
        },
      ),
    )
  })

  test('each line of one that has several', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ\nend\n'
    const masked = mask(key)
    assert.equal(masked.text('it is MIIEvQIBADANBgkqhkiG9w0BAQEFAASC, and end'), `it is ${maskWords}, and end`)
    assert.equal(masked.text(`whole: ${key}`), `whole: ${maskWords}\n`)
    assert.equal(masked.text(JSON.stringify({ key })), `{"key":"${maskWords}"}`)
  })

  test('what is shorter than six characters is no secret, and none at all costs nothing', () => {
    assert.equal(maskOf(['abcde', '', '   ab  ', 'x']), null)
    assert.equal(maskOf([]), null)
    assert.equal(mask('abcdef', 'ab').text('ab abcdef'), `ab ${maskWords}`)
  })

  test('secrets that overlap, or hold one another, are taken out together', () => {
    assert.equal(mask('abcdef', 'defghij', 'xabcdefz').text('1 abcdefghij 2 xabcdefz 3'), `1 ${maskWords} 2 ${maskWords} 3`)
    assert.equal(mask('aaaaaa').text('a'.repeat(50)), maskWords)
  })

  test('what is no secret stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes(plain.slice(0, 6)))
        assert.equal(ofPlain.text(text), text)
      }),
    )
  })

  test('cut off at any place of a 64-byte secret, no six characters of it are seen on either side', () => {
    assert.equal(plain.length, 64)
    for (let at = 0; at <= plain.length; at++) {
      const first = ofPlain.text(`begin ${plain.slice(0, at)}`, { after: true })
      const second = ofPlain.text(`${plain.slice(at)} rest`, { before: true })
      for (let from = 0; from + 6 <= plain.length; from++) {
        const piece = plain.slice(from, from + 6)
        assert.ok(!first.includes(piece) && !second.includes(piece), `cut at ${at}: ${first} | ${second}`)
      }
      assert.match(first, /^begin /)
      assert.match(second, / rest$/)
    }
  })
})

describe('in bytes', () => {
  const through = (masked: Mask, pieces: Uint8Array[]): string => {
    const mask = masked.bytes()
    return textOf(Buffer.concat([...pieces.map((piece) => Buffer.from(mask.push(piece))), mask.end()]))
  }

  test('0 leaks at all split points of a 64-byte secret, in every form; every byte keeps its place', () => {
    for (const form of Object.values(forms))
      for (const one of [secret, plain]) {
        const written = form(one)
        const whole = bytesOf(`begin ${written}\nrest`)
        const expected = `begin ${'*'.repeat(bytesOf(written).length)}\nrest`
        const masked = mask(one)
        for (let at = 0; at <= whole.length; at++) assert.equal(through(masked, [whole.subarray(0, at), whole.subarray(at)]), expected)
        assert.equal(
          through(
            masked,
            Array.from(whole, (byte) => Uint8Array.of(byte)),
          ),
          expected,
        )
      }
  })

  test('however it is cut, the same comes out, and as much as went in', () => {
    const piece = fc.oneof(fc.constantFrom(plain, plain.slice(0, 40), plain.slice(20), secret, 'sk_', '\n'), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (parts, sizes) => {
        const whole = bytesOf(parts.join('').toWellFormed())
        const once = through(ofBoth, [whole])
        const pieces: Uint8Array[] = []
        let at = 0
        for (const size of sizes) {
          pieces.push(whole.subarray(at, at + size))
          at += size
        }
        pieces.push(whole.subarray(at))
        assert.equal(through(ofBoth, pieces), once)
        assert.equal(bytesOf(once).length, whole.length)
        assert.ok(!once.includes(plain) && !once.includes(secret))
      }),
    )
  })

  test('lines stay lines', () => {
    assert.equal(through(mask('one two\nthree four'), [bytesOf('a one two\nthree four b\n')]), 'a *******\n********** b\n')
  })
})

test('needles: the longest one that ends at each place, as looking for each of them would find it', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c') }), (needles, text) => {
      const found: [number, number][] = []
      const search = needlesOf(needles, 128)
      const state = search.inText(text, (start, end) => found.push([start, end]))
      const expected: [number, number][] = []
      for (let end = 1; end <= text.length; end++) {
        const ending = needles.filter((needle) => text.slice(0, end).endsWith(needle)).map(({ length }) => length)
        if (ending.length > 0) expected.push([end - Math.max(...ending), end])
      }
      assert.deepEqual(found, expected)
      const begun = needles
        .flatMap((needle) => Array.from(needle, (_, index) => needle.slice(0, index + 1)))
        .filter((part) => text.endsWith(part))
      assert.equal(search.depthOf(state), Math.max(0, ...begun.map(({ length }) => length)))
      assert.equal(
        search.inBytes(bytesOf(text), atNothing, () => undefined),
        state,
      )
    }),
  )
})

test('values: all texts and names of JSON', () => {
  assert.deepEqual(mask(plain).json({ a: [plain, 1, null, true], [plain]: { b: `x${plain}` } }), {
    a: [maskWords, 1, null, true],
    [maskWords]: { b: `x${maskWords}` },
  })
})

test('by their names: variables and fields', () => {
  for (const name of [
    'API_TOKEN',
    'STRIPE_KEY',
    'MY_SECRET_VALUE',
    'DB_PASSWORD',
    'PGPASSWORD',
    'password',
    'apiKey',
    'api_key',
    'accessToken',
    'authorization',
    'Authorization',
    'client-secret',
    'privateKey',
    'AWS_SECRET_ACCESS_KEY',
  ])
    assert.ok(isSecretName(name), name)
  for (const name of [
    'PATH',
    'HOME',
    'keyboard',
    'monkey',
    'TOKENIZER',
    'tokens',
    'maxTokens',
    'KEYS_DIR',
    'author',
    'SSH_AUTH_SOCK',
    'compass',
    'keyframes',
    'PASSWORD_STORE_DIR',
    'TLS_KEY_FILE',
    'secretName',
  ])
    assert.ok(!isSecretName(name), name)
  assert.deepEqual(secretsOfVariable('API_KEY', 'abc'), ['abc'])
  assert.deepEqual(secretsOfVariable('DATABASE_URL', 'postgres://ana:p%40ssword@db/x'), ['p%40ssword', 'p@ssword'])
  assert.deepEqual(secretsOfVariable('HOME_URL', 'https://example.com'), [])
})

test('fields of an input: what is in them is not shown, and all else stays', () => {
  const input = {
    user: 'ana',
    password: 'hunter2',
    nested: [{ apiKey: 'k', n: 1 }, { token: { id: 1 } }],
    token: '',
    secret: null,
    maxTokens: 5,
  }
  assert.deepEqual(withoutSecretFields(input), {
    user: 'ana',
    password: maskWords,
    nested: [{ apiKey: maskWords, n: 1 }, { token: maskWords }],
    token: '',
    secret: null,
    maxTokens: 5,
  })
  const back = { ...(withoutSecretFields(input) as object), user: 'bob' }
  assert.deepEqual(withSecretFields(back, input), { ...input, user: 'bob' }, 'handed back, what was not shown is as it was')
  assert.deepEqual(withSecretFields({ password: maskWords, note: maskWords }, { note: 'n' }), { password: maskWords, note: maskWords })
  const open = { a: [1, { b: 'c' }] }
  assert.equal(withoutSecretFields(open), open)
})
