import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerInit, openFilesLimit, serviceOf, unitIn } from './surroundings.ts'

test('the service that a process is a part of stands in its cgroups', () => {
  assert.equal(unitIn('0::/system.slice/app.service\n'), 'app.service')
  assert.equal(unitIn('0::/system.slice/app.service/jobs/12-1\n'), 'app.service')
  assert.equal(unitIn('1:name=systemd:/system.slice/app.service\n0::/system.slice/app.service\n'), 'app.service')
  assert.equal(unitIn('0::/user.slice/user-1000.slice/user@1000.service/app.slice/film.service\n'), 'film.service')
  assert.equal(unitIn('0::/user.slice/user-1000.slice/user@1000.service/session.slice/vte.scope\n'), null)
  assert.equal(unitIn('0::/user.slice/user-1000.slice/session-3.scope\n'), null)
  assert.equal(unitIn('0::/\n'), null)
})

test('this machine answers, whatever it is', async () => {
  const service = await serviceOf('self')
  assert.ok(service === null || service.unit.endsWith('.service'))
  const init = containerInit()
  assert.ok(init === null || init !== '')
  if (process.platform === 'linux') assert.ok((openFilesLimit() ?? 0) >= 16)
})
