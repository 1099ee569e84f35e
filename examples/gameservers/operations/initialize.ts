// Makes the files of a server that does not run: the installed game, and its configuration from the blueprint as it is now.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { configuration } from '../game/blueprint.ts'
import { runCommand } from '../game/command.ts'
import { readRuntime } from '../game/runtime.ts'
import { onServer, type Place } from './place.ts'

export default onServer(async (place) => {
  if (place.running !== null) throw new Error('It is running: it is set up again at its next start.')
  await initialize(place)
})

export async function initialize(place: Place): Promise<void> {
  const { database, folder, server, job } = place
  await mkdir(join(folder, 'files'), { recursive: true, mode: 0o700 })
  await copyRuntime(place)
  const { template, revision } = await database.blueprint()
  const console = { consolePort: await freePort(), consolePassword: secret() }
  await write(join(folder, 'files/server.cfg'), configuration(template, { ...server, ...console, rconPassword: secret() }))
  await database.note(server.id, { ...console, revision })
  job.log(`Configured from revision ${revision} of the blueprint.`)
}

const secret = (): string => randomBytes(12).toString('hex')

/** Each server has a game of its own, so that an installation takes nothing away from one that runs. */
async function copyRuntime({ holdfast, database, folder, server, job }: Place): Promise<void> {
  using installed = await holdfast.artifact('runtime').open()
  if (installed === null) throw new Error('The game is not installed yet: an admin does that on the page “Admin”.')
  const { from, version, program, data } = await readRuntime(installed.path)
  if (server.runtime !== installed.number) {
    job.log(`Copying teeworlds ${version} from ${from} (runtime ${installed.number}).`)
    const fresh = join(folder, 'runtime.new')
    const remove = () => rm(fresh, { recursive: true, force: true })
    await remove()
    const copying = runCommand(['cp', '-a', '--reflink=auto', installed.path, fresh], { signal: job.signal })
    await copying.catch((error) => remove().then(() => Promise.reject(error)))
    // Killed in between it has none, and the next one makes it anew.
    await database.note(server.id, { runtime: null })
    await rm(join(folder, 'runtime'), { recursive: true, force: true })
    await rename(fresh, join(folder, 'runtime'))
    await database.note(server.id, { runtime: installed.number })
  }
  await rm(join(folder, 'program'), { force: true })
  await symlink(join('runtime', program), join(folder, 'program'))
  // Where it looks for files, in this order: its own, then the game's.
  await write(join(folder, 'storage.cfg'), `add_path files\nadd_path ${join('runtime', data)}\n`)
}

/** Whole or not at all. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Another one at each start: the one before is still being closed by the kernel, and the server would run on without its console. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
