// What a server is configured with, and what a blueprint cannot change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configuration, faultOf } from './blueprint.ts'

const server = { name: 'Reef "West" for $&\\', port: 8303, consolePort: 40_001, consolePassword: 'secret', rconPassword: 'other' }

test('S4.5 a blueprint is filled with the name and port of its server, and what keeps it on this machine comes last', () => {
  const text = configuration('sv_name "{name} at {port}"\nsv_map dm1', server)
  assert.match(text, /^sv_name "Reef West for \$& at 8303"\nsv_map dm1\n# Set by the app:\nbindaddr 127\.0\.0\.1\n/)
  for (const line of ['sv_port 8303', 'sv_register 0', 'ec_bindaddr 127.0.0.1', 'ec_port 40001', 'ec_password secret'])
    assert.ok(text.includes(`\n${line}\n`), line)
})

test('a blueprint that sets what is ours, or asks for what there is not, is refused by its line', () => {
  assert.equal(faultOf('sv_map dm1\n  SV_REGISTER 1'), 'Line 2: sv_register is set by the app, not by a blueprint.')
  assert.match(faultOf('"bindaddr" 0.0.0.0') ?? '', /bindaddr is set by the app/)
  assert.match(faultOf('sv_map dm1; bindaddr 0.0.0.0') ?? '', /bindaddr is set by the app/)
  assert.match(faultOf('add_vote "Be found" "toggle SV_Register 1 0"') ?? '', /sv_register is set by the app/)
  assert.match(faultOf('exec /etc/passwd') ?? '', /exec is set/)
  assert.match(faultOf('sv_name {password}') ?? '', /there is no \{password\}/)
  assert.match(faultOf('x'.repeat(10_001)) ?? '', /10,000/)
  assert.equal(faultOf('sv_name "{name}"\nsv_port_note {port}\n# sv_port 1'), null)
})
