// Signing in with a real browser: the first user, an admin at work, a wrong password, coming back to where one was. More of it in sign-in.long.test.ts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { assertAccessible } from './accessible.ts'
import { password, photograph, prefix, signIn, signInWorld } from './sign-in-world.ts'

const world = signInWorld()

describe('sign-in', () => {
  test('the first visit makes the first user, who is signed in then', async () => {
    const page = await world.visit('/jobs')
    await page.getByRole('heading', { name: 'Welcome. Who are you?' }).waitFor()
    await assertAccessible(page)
    await photograph(page, 'first-user')
    await page.getByLabel('Name').fill('Ana')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByText('Ana', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await photograph(page, 'signed-in')
    await world.holdfast().access.addUser({ name: 'vic', password, role: 'viewer' })
  })

  test('an admin lets others in, makes a token and tells somebody; a test is sent at once', async () => {
    const told: string[] = []
    const receiver = createServer((request, response) => {
      told.push(String(request.headers['webhook-id']))
      request.resume().on('end', () => response.end('thank you'))
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const page = await world.visit('/settings')
    await signIn(page, 'Ana')
    await page.getByRole('button', { name: 'Add a user' }).click()
    await page.getByLabel('Name').fill('ben')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await page.getByRole('alert').getByText('at least 10 characters').waitFor()
    await photograph(page, 'add-user')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Change ben' }).waitFor()
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('Name of the program').fill('grafana')
    await page.keyboard.press('Enter')
    await page.getByText(/^hf_[\w-]{43}$/).waitFor()
    await page.getByRole('button', { name: 'Tell somebody' }).click()
    await page.getByLabel('Name').fill('hook')
    await page.getByLabel('How').selectOption('webhook')
    await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
    await assertAccessible(page)
    await photograph(page, 'tell-somebody')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Send test to hook' }).click()
    await page.getByText('Delivered (200). thank you').waitFor()
    assert.equal(told.length, 1)
    await assertAccessible(page)
    await photograph(page, 'settings')
    await page.getByRole('button', { name: 'Remove Ana' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alert').getByText('This is the last admin').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Revoke grafana' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No program has a token.').waitFor()
    assert.deepEqual([(await world.holdfast().access.tokens()).length, (await world.holdfast().access.users()).length], [0, 3])
    receiver.close()
  })

  test('a wrong password is told in the form; the right one leads back to where one was', async () => {
    const { job } = await world.holdfast().submit('shell', { script: 'echo hello' })
    await world.holdfast().wait(job.id)
    const page = await world.visit(`/jobs/${job.id}`)
    await page.getByLabel('Name').fill('vic')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('Name or password is wrong.').waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), 'vic')
    await assertAccessible(page)
    await photograph(page, 'wrong-password')
    await signIn(page, 'vic')
    await page.getByRole('heading', { name: 'Shell script' }).waitFor()
    assert.equal(new URL(page.url()).pathname, `${prefix}/jobs/${job.id}`)
  })
})
