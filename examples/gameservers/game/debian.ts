// The game from Debian's packages: downloaded and unpacked into a folder, without installing anything on the machine.
import { existsSync, globSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
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
    const files = await downloaded(watch)
    watch.phase('Unpack', { index: 2, of: 2 })
    for (const [done, file] of files.entries()) {
      watch.progress({ done, total: files.length, unit: 'packages', message: basename(file) })
      await runCommand(['dpkg', '-x', file, folder], { signal: watch.signal })
    }
    await removeForeignLinks(folder, watch)
    const version = /_([^_]+)_/.exec(basename(files.at(-1) ?? ''))?.[1] ?? 'unknown'
    await writeRuntime(folder, {
      from: 'Debian',
      version,
      program: 'usr/games/teeworlds-server',
      data: 'usr/share/games/teeworlds/data',
    })
    watch.log(`teeworlds ${version} is unpacked.`)
  },
}

/** Paths of the packages: of the versions that this machine would install, or else whatever is there. */
async function downloaded(watch: Watch): Promise<string[]> {
  await mkdir(cache, { recursive: true })
  if (!existsSync('/usr/bin/dpkg') && !existsSync('/bin/dpkg'))
    throw doNotRetry('dpkg is missing: this needs Debian, or a system made from it.')
  const wanted = await wantedFiles(watch)
  const missing = wanted.filter((file) => !existsSync(join(cache, file)))
  if (missing.length > 0) await download(watch)
  const found = packages.map((name) => wanted.find((file) => file.startsWith(`${name}_`)) ?? newest(name))
  const lost = packages.find((_, index) => !existsSync(join(cache, found[index] ?? '')) || !found[index])
  if (lost !== undefined)
    throw doNotRetry(`The package ${lost} cannot be had: run apt-get update as root, or put ${lost}_….deb into ${cache}.`)
  watch.log(missing.length === 0 ? 'Both packages were downloaded before.' : `Downloaded ${missing.join(' and ')}.`)
  return found.map((file) => join(cache, file ?? ''))
}

/** Names of the files that apt would download; none where it knows none. */
async function wantedFiles({ signal }: Watch): Promise<string[]> {
  const asked = ['apt-get', 'download', '--print-uris', ...packages]
  const ask = () => runCommand(asked, { signal, line: () => null }).catch(() => null)
  let answer = await ask()
  if (answer === null && process.getuid?.() === 0) {
    await runCommand(['apt-get', 'update', '-q'], { signal, line: withoutAddress }).catch(() => undefined)
    answer = await ask()
  }
  return (answer ?? []).flatMap((line) => /^'[^']*' (\S+\.deb) /.exec(line)?.[1] ?? [])
}

/** Into a folder of its own and then over: what is in the cache is whole. */
async function download({ signal }: Watch): Promise<void> {
  const folder = await mkdtemp(join(cache, 'download-'))
  try {
    const argv = ['apt-get', 'download', '-q', '-o', 'APT::Sandbox::User=root', ...packages]
    await runCommand(argv, { cwd: folder, signal, line: withoutAddress })
    for (const file of globSync('*.deb', { cwd: folder })) await rename(join(folder, file), join(cache, file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Which mirror this machine uses is nobody's business. */
const withoutAddress = (line: string): string => line.replaceAll(/\w+:\/\/[^\s/]*\S*/g, 'the mirror')

const newest = (name: string): string | undefined => globSync(`${name}_*.deb`, { cwd: cache }).sort().at(-1)

/** A link out of the folder would lead somewhere else on every machine: Debian's font for players' screens, which a server has no use for. */
async function removeForeignLinks(folder: string, watch: Watch): Promise<void> {
  const top = `${await realpath(folder)}${sep}`
  for (const path of globSync('**', { cwd: folder })) {
    const full = join(folder, path)
    if (!(await lstat(full)).isSymbolicLink()) continue
    const target = await realpath(full).catch(() => null)
    if (target?.startsWith(top)) continue
    await rm(full)
    watch.log(`Left out ${path}, which leads to another package.`)
  }
}
