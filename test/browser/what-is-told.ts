// What pages of the dashboard tell: why a button cannot be pressed, and what they complained about.
import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import type { World } from './dashboard-world.ts'

/** It is there, can be reached, does nothing, and says why where everybody sees it. */
export async function cannotPress(button: Locator, reason: string): Promise<void> {
  await button.waitFor()
  assert.equal(await button.getAttribute('aria-disabled'), 'true')
  const told = button.page().locator(`[id="${await button.getAttribute('aria-describedby')}"]`)
  assert.equal((await told.textContent())?.trim(), reason)
  assert.ok(await told.isVisible())
  await button.focus()
  await button.press('Enter')
}

/** What the browser itself says of an answer like 422 is no fault of a page. */
export function withoutRefusals(world: World): string[] {
  return world.faults.filter((fault) => !/status of 4\d\d/.test(fault))
}
