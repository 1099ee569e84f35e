// Host commands that fail, and the game from Debian's packages with a stand-in for apt-get.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/contract/temporary.ts'
import { runCommand } from './command.ts'

const top = temporaryFolder('debian')
const cache = join(top, 'cache')
Object.assign(process.env, { GAMESERVERS_CACHE: cache, PATH: `${top}:${process.env.PATH}` })
const { debian } = await import('./debian.ts')

const messages: (string | undefined)[] = []
const watch = {
  phase: () => undefined,
  progress: ({ message }: { message?: string }) => void messages.push(message),
  log: () => undefined,
  signal: new AbortController().signal,
}

test('S4.4 a command that a signal ended has the exit code that a shell would say, and its last words', async () => {
  const torn = runCommand(['sh', '-c', 'echo "it is torn" >&2; echo >&2; kill -SEGV $$'])
  await assert.rejects(torn, { exitCode: 139, message: 'it is torn (sh ended with exit code 139)' })
  await assert.rejects(runCommand(['no-such-program']), { code: 'ENOENT' })
})

test('a download that fails does not say which mirror this machine uses, and removes what one that was killed has left', async () => {
  mkdirSync(join(cache, 'download/half'), { recursive: true })
  writeFileSync(join(top, 'apt-get'), '#!/bin/sh\necho "E: Failed to fetch http://mirror.example/x.deb" >&2; exit 100\n', { mode: 0o755 })
  await assert.rejects(debian.install(top, watch), { exitCode: 100, message: /^E: Failed to fetch the mirror \(/ })
  assert.equal(existsSync(join(cache, 'download')), false)
})

test('of several versions in the cache the newest is unpacked', async () => {
  for (const name of ['teeworlds-data', 'teeworlds-server'])
    for (const version of ['0.7.9', '0.7.10']) writeFileSync(join(cache, `${name}_${version}_all.deb`), 'no package')
  await assert.rejects(debian.install(top, watch), { name: 'CommandFailed' })
  assert.deepEqual(messages, ['teeworlds-data_0.7.10_all.deb'])
})
