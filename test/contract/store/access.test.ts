// The contract of a store, about users and tokens: one first user, always an admin, and a token that is over shows nobody.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '../../../src/core/limits.ts'
import type { AccessChange, Store } from '../../../src/store/store.ts'
import { stores, withStore } from './stores.ts'

const change = (store: Store, to: AccessChange, now = 1) => store.access.change({ to, now })
const admin = { name: 'Ana', role: 'admin', password: 'hash-1' } as const
const viewer = { name: 'ben', role: 'viewer', password: 'hash-2' } as const
const token = (hash: string, expiresAt: number | null = null) =>
  ({ hash, name: 'grafana', role: 'viewer', createdBy: 'Ana', expiresAt }) as const

for (const adapter of stores) {
  describe(`access, ${adapter.name}`, () => {
    test('of many who would be the first user one is', () =>
      withStore(adapter, async ({ store }) => {
        const names = ['Ana', 'ben', 'cleo', 'dora', 'eve']
        const answers = await Promise.all(names.map((name) => change(store, { addUser: { ...admin, name }, isFirst: true })))
        assert.deepEqual(answers.toSorted(), ['done', ...names.slice(1).map(() => 'there already')])
        assert.equal((await store.access.users()).length, 1)
      }))

    test('a name is there once, in whatever case', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await change(store, { addUser: admin }, 7), 'done')
        assert.equal(await change(store, { addUser: { ...viewer, name: 'ANA' } }), 'there already')
        assert.deepEqual(await store.access.users(), [{ ...admin, createdAt: 7 }])
      }))

    test('there is always an admin, as long as there is any user', () =>
      withStore(adapter, async ({ store }) => {
        assert.equal(await change(store, { addUser: viewer }), 'last admin', 'the first one is an admin')
        await change(store, { addUser: admin })
        await change(store, { addUser: viewer })
        assert.equal(await change(store, { changeUser: 'ana', role: 'operator' }), 'last admin')
        assert.equal(await change(store, { removeUser: 'ana' }), 'last admin')
        assert.equal(await change(store, { changeUser: 'ben', role: 'admin' }), 'done')
        const both = await Promise.all([change(store, { removeUser: 'ana' }), change(store, { removeUser: 'ben' })])
        assert.deepEqual(both.toSorted(), ['done', 'done'], 'the last user of all may go')
        await change(store, { addUser: admin })
        await change(store, { addUser: { ...viewer, role: 'admin' } })
        const less = await Promise.all(['ana', 'ben'].map((name) => change(store, { changeUser: name, role: 'viewer' })))
        assert.deepEqual(less.toSorted(), ['done', 'last admin'])
        assert.equal(await change(store, { removeUser: 'nobody' }), 'not there')
        assert.equal(await change(store, { changeUser: 'nobody', role: 'viewer' }), 'not there')
      }))

    test('a session shows its user as he is now, until it expires, is signed out, or his password changes', () =>
      withStore(adapter, async ({ store }) => {
        const shown = async (hash: string, now = 10) => (await store.access.shown({ hash, now }))?.role ?? null
        await change(store, { addUser: admin })
        await change(store, { addUser: viewer })
        for (const hash of ['a', 'b']) await change(store, { signIn: { user: 'BEN', password: 'hash-2', hash, expiresAt: 100 } })
        assert.deepEqual(await store.access.shown({ hash: 'a', now: 10 }), {
          id: 1,
          type: 'session',
          name: 'ben',
          role: 'viewer',
          expiresAt: 100,
          usedAt: 1,
        })
        await change(store, { changeUser: 'ben', role: 'operator' })
        assert.deepEqual([await shown('a'), await shown('a', 100), await shown('no')], ['operator', null, null])
        await change(store, { used: 'a', expiresAt: 200 }, 50)
        assert.deepEqual([await shown('a', 100), await shown('b', 100)], ['operator', null])
        await change(store, { signOut: 'a' })
        assert.equal(await shown('a'), null)
        await change(store, { changeUser: 'ben', password: 'hash-3' })
        assert.equal(await shown('b'), null)
        assert.equal(await change(store, { signIn: { user: 'nobody', password: 'hash-2', hash: 'c', expiresAt: 100 } }), 'not there')
        const late = { user: 'ben', password: 'hash-2', hash: 'd', expiresAt: 100 }
        assert.equal(await change(store, { signIn: late }), 'not there', 'his password changed while it was looked at')
        await change(store, { signIn: { ...late, password: 'hash-3' } })
        assert.equal(await shown('d'), 'operator')
        await change(store, { removeUser: 'ben' })
        assert.equal(await shown('d'), null)
      }))

    test('a user is signed in with so many browsers, the newest', () =>
      withStore(adapter, async ({ store }) => {
        await change(store, { addUser: admin })
        for (let index = 0; index <= limits.sessionsPerUser; index++)
          await change(store, { signIn: { user: 'ana', password: 'hash-1', hash: `s${index}`, expiresAt: 100 } })
        assert.equal(await store.access.shown({ hash: 's0', now: 2 }), null)
        assert.notEqual(await store.access.shown({ hash: 's1', now: 2 }), null)
        assert.deepEqual(await store.access.tokens(), [], 'sessions are no tokens')
      }))

    test('a token of a program has its own role and end, and is listed until it is removed', () =>
      withStore(adapter, async ({ store }) => {
        await change(store, { addToken: token('t1') }, 5)
        await change(store, { addToken: token('t2', 100) }, 6)
        assert.equal((await store.access.shown({ hash: 't2', now: 99 }))?.name, 'grafana')
        assert.equal(await store.access.shown({ hash: 't2', now: 100 }), null)
        await change(store, { used: 't1', expiresAt: 3 }, 50)
        const first = { id: 1, name: 'grafana', role: 'viewer', createdAt: 5, createdBy: 'Ana', expiresAt: null, usedAt: 50 }
        assert.deepEqual(await store.access.tokens(), [{ ...first, id: 2, createdAt: 6, expiresAt: 100, usedAt: null }, first])
        assert.equal(await change(store, { removeToken: 1 }), 'done')
        assert.equal(await change(store, { removeToken: 1 }), 'not there')
        assert.equal(await store.access.shown({ hash: 't1', now: 60 }), null)
      }))
  })
}
