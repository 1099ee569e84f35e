// Users, passwords and tokens on a real store: who is let in, who is not, and what is kept of either.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/contract/temporary.ts'
import { limits } from '../core/limits.ts'
import { openHoldfast } from '../index.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { signInPace } from './sign-in-pace.ts'

const password = 'correct horse battery'
const opened = () => openHoldfast({ data: temporaryFolder('access'), runner: false })

test('a user signs in with his password and nothing else', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  await assert.rejects(access.addUser({ name: 'Ana', password, role: 'operator' }), /The first user must be an admin/)
  await access.addUser({ name: 'eve', password, role: 'admin' })
  const ana = await access.addUser({ name: 'Ana', password, role: 'operator' })
  assert.equal(ana.role, 'operator')
  const { token, user } = await access.signIn({ name: 'ana', password })
  assert.deepEqual(user, ana)
  assert.deepEqual(await access.whoShows(token), { type: 'session', name: 'Ana', role: 'operator' })
  for (const wrong of [
    { name: 'ana', password: `${password} ` },
    { name: 'ben', password },
    { name: 'ana', password: '' },
    { name: '', password: '' },
  ])
    await assert.rejects(access.signIn(wrong), { code: 'wrong_password' })
  for (const text of [token.slice(0, -1), `${token}x`, '', 'hf_', token.toUpperCase()]) assert.equal(await access.whoShows(text), null)
  await access.changeUser('ana', { role: 'admin' })
  assert.equal((await access.whoShows(token))?.role, 'admin')
  await access.signOut(token)
  assert.equal(await access.whoShows(token), null)
})

test('a new password signs the user out everywhere', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  await access.addUser({ name: 'Ana', password, role: 'admin' })
  const { token } = await access.signIn({ name: 'Ana', password })
  await access.changeUser('Ana', { password: 'another long one' })
  assert.equal(await access.whoShows(token), null)
  await assert.rejects(access.signIn({ name: 'Ana', password }), { code: 'wrong_password' })
  assert.ok(await access.signIn({ name: 'Ana', password: 'another long one' }))
})

test('whoever signs in while his password changes is in by the new one or not at all', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  await access.addUser({ name: 'Ana', password, role: 'admin' })
  // Hashes are made two at a time, so that the one of the new password is ready first.
  const busy = isPassword('x', null)
  const changing = access.changeUser('Ana', { password: 'another long one' })
  const late = await Promise.allSettled(Array.from({ length: 4 }, () => access.signIn({ name: 'Ana', password })))
  await Promise.all([busy, changing])
  for (const each of late) if (each.status === 'fulfilled') assert.equal(await access.whoShows(each.value.token), null)
  assert.ok(late.some((each) => each.status === 'rejected' && each.reason.code === 'wrong_password'))
})

test('many guesses at once are no more than one after the other', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  const guesses = Array.from({ length: 12 }, (_, index) => access.signIn({ name: 'Ana', password: `guess ${index}`, from: '203.0.113.9' }))
  const codes = (await Promise.allSettled(guesses)).map((each) => each.status === 'rejected' && each.reason.code)
  assert.deepEqual(codes.toSorted(), [...Array(7).fill('too_many'), ...Array(5).fill('wrong_password')])
})

test('what is wrong is named, all at once', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  await assert.rejects(
    access.addUser({ name: ' ', password: 'short', role: 'root' as 'admin' }),
    (error: { code: string; details: { errors: { field: string }[] } }) => {
      assert.deepEqual(
        error.details.errors.map(({ field }) => field),
        ['name', 'password', 'role'],
      )
      return error.code === 'invalid_request'
    },
  )
  for (const name of ['a\u0000b', 'a\nb', 'x'.repeat(201), ' a', 'a ', '\u202eana', '', '.', '..'])
    await assert.rejects(access.addUser({ name, password, role: 'admin' }), { code: 'invalid_request' })
  await assert.rejects(
    access.addToken({ name: 'grafana', role: 'viewer', expiresAt: 1 }),
    /expiresAt must be epoch milliseconds in the future/,
  )
  await assert.rejects(access.removeToken(7), { code: 'token_not_found' })
  await assert.rejects(access.removeUser('nobody'), { code: 'user_not_found' })
  await assert.rejects(access.changeUser('nobody', { rank: 1 } as object), /rank is no option of a user/)
})

test('a token of a program has its role until it expires or is removed, and is kept as a hash only', async () => {
  await using holdfast = Object.assign(await opened(), { [Symbol.asyncDispose]: () => holdfast.close() })
  const { access } = holdfast
  const { token, ...kept } = await access.addToken({ name: 'grafana', role: 'viewer', by: 'Ana', expiresAt: Date.now() + 60_000 })
  assert.deepEqual(
    (await access.tokens()).map(({ usedAt: _, ...one }) => one),
    [{ ...kept, usedAt: undefined }].map(({ usedAt: _, ...one }) => one),
  )
  assert.equal((await access.whoShows(token))?.role, 'viewer')
  assert.ok(!JSON.stringify(await access.tokens()).includes(token.slice(3)))
  await access.removeToken(kept.id)
  assert.equal(await access.whoShows(token), null)
})

test('a password is kept as a slow hash of its own, whatever its accents are made of', async () => {
  const [one, other] = [await hashPassword('Übergröße 1'), await hashPassword('Übergröße 1')]
  assert.notEqual(one, other)
  assert.match(one, /^scrypt\$15\$8\$1\$/)
  assert.ok(await isPassword('Übergröße 1'.normalize('NFD'), one))
  assert.equal(await isPassword('übergröße 1', one), false)
  assert.equal(await isPassword('', null), false)
})

test('many hashes at once are refused rather than piled up', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 30 }, () => isPassword('x', null)))
  const refused = answers.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 30 - 18)
  assert.equal(await isPassword('x', null), false, 'and then it goes on')
})

test('guessing becomes slow, from one place and for one name; a right password ends it', () => {
  const pace = signInPace()
  const here = { from: '10.0.0.1', name: 'ana' }
  for (let tries = 0; tries < 5; tries++) {
    assert.equal(pace.wait(here, tries), 0)
    pace.failed(here, tries)
  }
  assert.equal(pace.wait(here, 4), 1_000)
  assert.equal(pace.wait({ ...here, name: 'ben' }, 4), 1_000, 'other names from there wait too')
  assert.equal(pace.wait({ from: '10.0.0.2', name: 'ana' }, 4), 0)
  for (let tries = 5; tries < 30; tries++) pace.failed(here, tries)
  assert.equal(pace.wait(here, 30), 60_000 - 1)
  assert.equal(pace.wait({ from: '10.0.0.2', name: 'ANA' }, 30), 5_000 - 1, 'whom a guesser names does not wait for long')
  pace.succeeded({ from: '10.0.0.2', name: 'ana' })
  assert.equal(pace.wait({ from: '10.0.0.2', name: 'ana' }, 30), 0)
  for (let tries = 0; tries < 40; tries++) pace.failed({ from: `10.0.1.${tries}`, name: 'ana' }, 31)
  assert.equal(pace.wait({ from: '10.0.0.3', name: 'ana' }, 32), 5_000 - 1)
  assert.equal(pace.wait({ from: '10.0.0.2', name: 'Ana' }, 32), 0, 'who was let in from there is not kept out by a guesser elsewhere')
  for (let index = 0; index < limits.tokensSeen * 2; index++) pace.failed({ from: `net ${index}`, name: `name ${index}` }, 100)
  assert.equal(pace.wait(here, 100), 0, 'what is remembered is bounded')
})
