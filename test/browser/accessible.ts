// What axe says of a page: everything in the theme that it has, and in the other one what depends on colours.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const violationsOf = (more: string) => `axe.run({ resultTypes: ['violations'], preload: false, ${more} }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 120) + ' ' + failureSummary).join(' | ')))`

export async function assertAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe)
  assert.deepEqual(await page.evaluate(violationsOf('')), [], page.url())
}

/** The page must be one whose theme follows the system. */
export async function assertAccessibleInBothThemes(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await assertAccessible(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.deepEqual(await page.evaluate(violationsOf("runOnly: ['color-contrast']")), [], `${page.url()} in the dark`)
}
