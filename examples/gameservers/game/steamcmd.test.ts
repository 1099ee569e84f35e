// The SteamCMD adapter against a stand-in that says what SteamCMD says, as it says it: on a terminal, with its faults.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { readRuntime } from './runtime.ts'

const top = temporaryFolder('steamcmd')
const program = join(top, 'steam cmd')
Object.assign(process.env, { GAMESERVERS_STEAMCMD: program, GAMESERVERS_CACHE: join(top, 'cache') })
const { steamcmd } = await import('./steamcmd.ts')

const greeting = `echo "Redirecting stderr to '/root/.local/share/Steam/logs/stderr.txt'"
printf '[  0%%] Checking for available updates...\\n[----] Verifying installation...\\n'
printf '\\033[1mSteam Console Client (c) Valve Corporation\\033[0m - version 1709846872\\n-- type quit to exit --\\n'
echo "Loading Steam API...OK"; echo; echo "Connecting anonymously to Steam Public...OK"; echo "Waiting for user info...OK"
echo " Update state (0x3) reconfiguring, progress: 0.00 (0 / 0)"
echo " Update state (0x61) downloading, progress: 12.50 (1048576 / 8388608)"
echo " Update state (0x61) downloading, progress: 100.00 (8388608 / 8388608)"`

const files = `[ "$1" = +force_install_dir ] || exit 9; mkdir -p "$2/data"; echo program > "$2/teeworlds_srv"`
const success = `echo " Update state (0x81) verifying update, progress: 50.00 (4194304 / 8388608)"
echo " Update state (0x101) committing, progress: 99.00 (8300000 / 8388608)"
echo "Success! App '380840' fully installed."`

let count = 0

async function installed(script: string, signal = new AbortController().signal) {
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const folder = join(top, String(++count))
  mkdirSync(folder)
  const phases: string[] = []
  const amounts: string[] = []
  const watch = {
    phase: (name: string) => void phases.push(name),
    progress: ({ done, total, unit }: { done: number; total?: number; unit?: string }) => void amounts.push(`${done}/${total} ${unit}`),
    log: () => undefined,
    signal,
  }
  const error = await steamcmd.install(folder, watch).then(
    () => null,
    (error: Error & { exitCode?: number }) => error,
  )
  // How Holdfast knows that another try makes no sense.
  const next =
    error && Object.getOwnPropertySymbols(error).map((symbol) => (error as unknown as Record<symbol, { next: string }>)[symbol]?.next)[0]
  return { folder, phases, amounts, message: error?.message, exitCode: error?.exitCode, isFinal: next === 'never' }
}

test('what it says becomes phases and amounts, and only "fully installed" is success', async () => {
  const { folder, phases, amounts, message } = await installed(`${greeting}\n${files}\n${success}`)
  assert.deepEqual([message, phases], [undefined, ['Connect', 'Download', 'Copy']])
  assert.deepEqual(amounts, ['1/8.4 MB', '8.4/8.4 MB'])
  assert.deepEqual(readdirSync(folder).sort(), ['data', 'runtime.json', 'teeworlds_srv'])
  assert.deepEqual(await readRuntime(folder), { from: 'Steam', version: 'newest', program: 'teeworlds_srv', data: 'data' })
})

test('what breaks off, or fails with exit code 0, is worth another try, in its own words', async () => {
  const cases: [script: string, message: RegExp, exitCode: number][] = [
    [
      `${greeting}\necho "Error! App '380840' state is 0x202 after update job."\nexit 8`,
      /^Error! App '380840' state is 0x202 after update job\.$/,
      8,
    ],
    [`${greeting}\necho "Error! App '380840' state is 0x606 after update job."`, /state is 0x606/, 1],
    [`echo "Connecting anonymously to Steam Public...FAILED (No Connection)"; exit 5`, /FAILED \(No Connection\)/, 5],
    [`${greeting}\nkill -9 $$`, /ended without saying that the game is installed/, 137],
    [greeting, /ended without saying that the game is installed/, 1],
  ]
  for (const [script, message, exitCode] of cases) {
    const failed = await installed(script)
    assert.match(failed.message ?? '', message)
    assert.deepEqual([failed.exitCode, failed.isFinal, readdirSync(failed.folder)], [exitCode, false, []], script)
  }
})

test('what no other try can mend is said once, and nothing is tried again', async () => {
  const unowned = await installed(`${greeting}\necho "ERROR! Failed to install app '380840' (No subscription)"\nexit 8`)
  assert.deepEqual([unowned.message, unowned.isFinal], ["ERROR! Failed to install app '380840' (No subscription)", true])
  const absent = await installed('exit 127')
  assert.deepEqual([absent.isFinal, /is not installed: get SteamCMD, or install from Debian/.test(absent.message ?? '')], [true, true])
})

test('a stop ends it', async () => {
  const stop = new AbortController()
  const installing = installed('sleep 100', stop.signal)
  stop.abort(new Error('asked to stop'))
  assert.match((await installing).message ?? '', /abort|asked to stop/i)
})
