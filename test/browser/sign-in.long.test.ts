// Signing in with a real browser: signed out in the middle, a browser without cookies, an address that leads elsewhere.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertAccessible } from './accessible.ts'
import { password, photograph, prefix, signIn, signInWorld } from './sign-in-world.ts'

const world = signInWorld(async ({ access }) => {
  await access.addUser({ name: 'Ana', password, role: 'admin' })
  await access.addUser({ name: 'vic', password, role: 'viewer' })
})

describe('sign-in, more of it', () => {
  test('signed out in the middle: the page stays, and says so', async () => {
    const { job } = await world.holdfast().submit('shell', { script: 'echo hello' })
    await world.holdfast().wait(job.id)
    const page = await world.visit('/jobs')
    await signIn(page, 'vic')
    await page.getByRole('link', { name: 'Shell script' }).first().waitFor()
    await world.holdfast().access.changeUser('vic', { password })
    await world.restart()
    await page.getByRole('alert').getByText('You are signed out').waitFor()
    assert.ok(await page.getByRole('link', { name: 'Shell script' }).first().isVisible(), 'what was there is still there')
    await assertAccessible(page)
    await photograph(page, 'signed-out')
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await signIn(page, 'vic')
    await page.getByRole('link', { name: 'Shell script' }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    await page.goBack()
    await page.getByLabel('Password').waitFor()
  })

  test('a browser that does not keep the cookie is told so, and not shown the form again without a word', async () => {
    const page = await world.visit('/sign-in')
    const signedIn = {
      user: { name: 'vic', role: 'viewer' },
      by: 'sign-in',
      signedInBy: 'password',
      needsFirstUser: false,
      needsCode: false,
    }
    await page.route('**/api/v1/session', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ json: signedIn }) : route.continue(),
    )
    await signIn(page, 'vic')
    await page.getByRole('alert').getByText('the browser did not keep the cookie').waitFor()
  })

  test('an address that leads elsewhere is not followed after signing in', async () => {
    for (const next of ['//evil.example']) {
      const page = await world.visit(`/sign-in?next=${encodeURIComponent(next)}`)
      await signIn(page, 'vic')
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      assert.equal(new URL(page.url()).href, `${world.address()}${prefix}/`, next)
    }
  })
})
