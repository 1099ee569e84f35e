// Prefixes on the way in, and the base that leads back out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripBase } from './app.ts'
import { baseOf } from './routes/dashboard.ts'

test('a prefix is taken off where it is in front, and only whole', () => {
  assert.equal(stripBase('/holdfast/jobs/1', '/holdfast'), '/jobs/1')
  assert.equal(stripBase('/holdfast/', '/holdfast'), '/')
  assert.equal(stripBase('/holdfast', '/holdfast'), '/')
  assert.equal(stripBase('/jobs/1', '/holdfast'), '/jobs/1')
  assert.equal(stripBase('/holdfasting', '/holdfast'), '/holdfasting')
  assert.equal(stripBase('/holdfast/holdfast', '/holdfast'), '/holdfast')
  assert.equal(stripBase('/jobs', ''), '/jobs')
})

test('the base of a page leads to the folder the dashboard lives in', () => {
  for (const prefix of ['', '/holdfast', '/a/b']) {
    for (const path of ['/', '/jobs', '/jobs/42']) {
      const page = new URL(prefix + path, 'http://localhost')
      assert.equal(new URL(baseOf(path), page).pathname, `${prefix}/`, page.href)
    }
  }
})
