// What a person has typed, in a real browser: no newer letter and no other tab takes it away, and neither do tables that are held.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { until } from '../../../test/contract/temporary.ts'
import { openWorld, type World } from './world.ts'

describe('a letter that somebody types in', () => {
  let world: World
  let window: BrowserContext
  let page: Page
  const letterOn = (on: Page) => on.getByRole('textbox', { name: 'The letter' })
  const press = (name: string, on = page) => on.getByRole('button', { name, exact: true }).click()
  const visit = async () => {
    const page = await window.newPage()
    await page.goto(world.web.at('/postings/harbourline-backend'))
    return page
  }

  before(async () => {
    world = await openWorld()
    window = await world.window()
    page = await visit()
    await press('Write a letter')
    await letterOn(page).waitFor()
  })
  after(() => world.close())

  test('S5.4 what is typed is taken away by no newer letter and by no other tab: who saves what he saw differently gets both texts', async () => {
    const old = await visit()
    await letterOn(page).fill('Dear Ines,\n\nmay I come by on Friday?\n\nRobin')
    await press('Save changes')
    await page.waitForURL(/#letter$/)
    await letterOn(old).fill('Dear Ines,\n\nI typed this in the other tab.')
    await press('Approve', old)
    await old.getByRole('heading', { name: 'Changed in the meantime' }).waitFor()
    assert.equal(await letterOn(old).inputValue(), 'Dear Ines,\n\nI typed this in the other tab.')
    await old.locator('#saved').getByText('may I come by on Friday?').waitFor()
    await press('Save changes', old)
    await old.waitForURL(/\/letters\/\d+#letter$/)
    assert.equal(await letterOn(old).inputValue(), 'Dear Ines,\n\nI typed this in the other tab.')

    // On the posting's page it is typed on, when a newer letter comes.
    const [typed, looked] = [await visit(), await visit()]
    const made = typed.locator('form .made')
    const before = await made.innerText()
    await letterOn(typed).fill('Dear Ines,\n\nand this on the page of the posting.')
    await press('Write another', typed)
    await typed.getByText('There is a newer letter').waitFor()
    assert.deepEqual(
      [await letterOn(typed).inputValue(), await made.innerText()],
      ['Dear Ines,\n\nand this on the page of the posting.', before],
    )
    // Who typed nothing on has the newer letter, by itself; the page of the first one has that one, and a way to the newer.
    await until('the new letter', async () => /^Paragraph 6 of the model/.test(await letterOn(looked).inputValue()), 60_000)
    const numbers = world.rows('select job from letter order by job').map(({ job }) => `task ${job}`)
    await page.getByRole('link', { name: numbers[1]!, exact: true }).waitFor()
    assert.equal(await letterOn(page).inputValue(), 'Dear Ines,\n\nI typed this in the other tab.')
    // What is saved in the first one now is found again.
    await press('Save changes', typed)
    await typed.waitForURL(/#letter$/)
    await looked.getByRole('link', { name: numbers[0]!, exact: true }).click()
    await looked.waitForURL(/#letter$/)
    assert.equal(await letterOn(looked).inputValue(), 'Dear Ines,\n\nand this on the page of the posting.')

    await letterOn(page).fill('Dear Ines,\n\nand this in the first one.')
    await press('Approve')
    await page.locator('#saved').getByText('and this on the page of the posting.').waitFor()
    await press('Approve')
    await page.waitForURL(/\/letters\/\d+#letter$/)
    await page.goto(world.web.at('/outbox'))
    await page.locator('main').getByText('Application: Backend engineer, timetables').waitFor()
    await Promise.all([old, typed, looked].map((page) => page.close()))
  })

  test('S5.2 I7 tables that another program holds hold up no page and no job: what is typed stays, and a letter that is being written is kept when they are free', async () => {
    const typed = await visit()
    world.model.deeds.push('wait')
    const { job } = await world.web.submit('cover-letter', 'tidewater-firmware')
    await until('the first paragraph', () => world.model.asked.length === 11, 60_000)
    using holder = world.tables()
    holder.exec('begin immediate')
    world.model.go()
    await letterOn(typed).fill('Dear Ines,\n\ntyped while it was held.')
    await typed.getByRole('button', { name: 'Save changes' }).click({ noWaitAfter: true })
    const isSaid = typed.getByRole('heading', { name: 'Not saved yet' }).waitFor()
    const others = Promise.all(['/', '/outbox', '/style.css'].map((path) => world.web.page(path)))
    assert.equal(await Promise.race([isSaid.then(() => 'the page that waits'), others.then(() => 'the others')]), 'the others')
    assert.deepEqual(new Set((await others).map(([status]) => status)), new Set([200]))
    await isSaid
    assert.equal(await letterOn(typed).inputValue(), 'Dear Ines,\n\ntyped while it was held.')
    await world.web.until(job.id, 'its last phase', ({ progress }) => progress?.phase?.name === 'Keep')
    assert.deepEqual(world.rows(`select job from letter where job = ${job.id}`), [])
    holder.exec('rollback')
    await press('Save changes', typed)
    await typed.waitForURL(/#letter$/)
    assert.match(await letterOn(typed).inputValue(), /typed while it was held\.$/)
    const done = await world.web.until(job.id, 'its end', ({ finishedAt }) => finishedAt !== null)
    assert.deepEqual([done.state, done.attempts, world.model.asked.length], ['succeeded', 1, 15])
    assert.deepEqual(world.rows(`select attempt from letter where job = ${job.id}`), [{ attempt: 1 }])
    // Broken tables are said, too.
    holder.exec('alter table letter rename to gone')
    const [status, text] = await world.web.page('/')
    assert.deepEqual([status, /<main>[\s\S]*<a href="\/">[\s\S]*Something broke/.test(text)], [500, true])
  })
})
