// The game from Debian's packages: downloaded and unpacked into a folder, without installing anything on the machine.
import { existsSync, globSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { doNotRetry } from 'holdfast/job'
import { runCommand } from './command.ts'
import { writeRuntime } from './runtime.ts'
import type { Source, Watch } from './sources.ts'

const packages = ['teeworlds-data', 'teeworlds-server']

/** Packages that were downloaded before are used again; one that is put here by hand is, too. */
const cache = process.env.GAMESERVERS_CACHE ?? fileURLToPath(new URL('../.cache', import.meta.url))

export const debian: Source = {
  title: 'Debian’s packages',
  async install(folder, watch) {
    watch.phase('Download', { index: 1, of: 2 })
    if (!existsSync('/usr/bin/dpkg')) throw doNotRetry('dpkg is missing: this needs Debian, or a system made from it.')
    const files = await downloaded(watch)
    watch.phase('Unpack', { index: 2, of: 2 })
    for (const [done, file] of files.entries()) {
      watch.progress({ done, total: files.length, unit: 'packages', message: basename(file) })
      await runCommand(['dpkg', '-x', file, folder], { signal: watch.signal })
    }
    const data = 'usr/share/games/teeworlds/data'
    // The font of the players' screens, which is a link to another package.
    await rm(join(folder, data, 'fonts'), { recursive: true, force: true })
    const version = /_([^_]+)_/.exec(basename(files.at(-1) ?? ''))?.[1] ?? 'unknown'
    await writeRuntime(folder, { from: 'Debian', version, program: 'usr/games/teeworlds-server', data })
    watch.log(`teeworlds ${version} is unpacked.`)
  },
}

/** Paths of the packages. */
async function downloaded(watch: Watch): Promise<string[]> {
  const newest = new Intl.Collator('en', { numeric: true }).compare
  const cached = () => packages.flatMap((name) => globSync(`${name}_*.deb`, { cwd: cache }).sort(newest).slice(-1))
  if (cached().length < packages.length) await download(watch)
  return cached().map((file) => join(cache, file))
}

/** Into a folder of its own and then over: what is in the cache is whole. */
async function download({ signal, log }: Watch): Promise<void> {
  const folder = join(cache, 'download')
  // One that was killed has left some.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const apt = async (...words: string[]) =>
    await runCommand(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', ...words], { cwd: folder, signal, line: withoutAddress })
  try {
    await apt('download', ...packages).catch(async (error: unknown) => {
      log(`Where apt-get knows neither, root has to run apt-get update; or put ${packages.join('_….deb and ')}_….deb into ${cache}.`)
      if (process.getuid?.() !== 0) throw error
      await apt('update')
      await apt('download', ...packages)
    })
    for (const file of globSync('*.deb', { cwd: folder })) await rename(join(folder, file), join(cache, file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Which mirror this machine uses is nobody's business. */
const withoutAddress = (line: string): string => line.replaceAll(/\w+:\/\/[^\s/]*\S*/g, 'the mirror')
