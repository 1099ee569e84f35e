// `holdfast doctor`: looks at the machine, the folder and the runners on it, and has core/checkup.ts say what that means. Changes nothing that stays.
import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkUp, type Finding, type FolderFacts, type MachineFacts } from '../core/checkup.ts'
import { surroundings } from '../runner/open-house.ts'
import { diskOf } from '../store/disk.ts'
import type { Instance } from './instance.ts'
import { closeInstance, openInstance, quiet } from './open-instance.ts'

export type { Finding }

/** Of a folder that may not exist yet: then of where it would be made. */
export async function examine(data: string): Promise<Finding[]> {
  const place = nearestExisting(data)
  const opened = existsSync(data) ? await tryToOpen(data) : { instance: null, trouble: null }
  try {
    const machine = await machineFacts(opened.instance, place)
    const targets = (await opened.instance?.store.notifications.list()) ?? []
    return checkUp(machine, folderFacts(data, place, opened.trouble), targets)
  } finally {
    if (opened.instance) await closeInstance(opened.instance, null)
  }
}

interface Opened {
  instance: Instance | null
  trouble: string | null
}

async function tryToOpen(data: string): Promise<Opened> {
  try {
    return { instance: await openInstance({ data, kinds: [], logger: quiet, foldersReady: 0 }), trouble: null }
  } catch (error) {
    return { instance: null, trouble: error instanceof Error ? error.message : String(error) }
  }
}

async function machineFacts(instance: Instance | null, place: string): Promise<MachineFacts> {
  const seen = surroundings
  const init = seen.containerInit()
  return {
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? '0',
    platform: process.platform,
    ...(await seen.facilitiesOf(place)),
    openFiles: seen.openFilesLimit(),
    services: await servicesOf(instance),
    container: init === null ? null : { init },
  }
}

// Of ourselves, and of the runners that live on this machine: it is their restart that matters.
async function servicesOf(instance: Instance | null): Promise<MachineFacts['services']> {
  const runners = instance ? (await instance.store.runners.list()).filter(({ hostId }) => hostId === instance.house.place.hostId) : []
  const living = runners.filter(({ runnerId }) => instance?.house.launcher.runners.isHeld(runnerId))
  const asked = [
    { pid: 'self' as const, holds: 'this command' },
    ...living.map(({ pid }) => ({ pid, holds: `the runner with pid ${pid}` })),
  ]
  const found = await Promise.all(asked.map(async ({ pid, holds }) => ({ holds, service: await surroundings.serviceOf(pid) })))
  return found.flatMap(({ holds, service }) => (service === null ? [] : [{ ...service, holds }]))
}

function folderFacts(data: string, place: string, trouble: string | null): FolderFacts {
  const stat = statSync(place)
  const disk = statfsSync(place)
  const { name, isNetwork } = diskOf(place)
  return {
    path: data,
    disk: name,
    isNetwork,
    // The folder itself will be made for its owner alone.
    rights: place === data ? (stat.mode & 0o777).toString(8) : '700',
    isOurs: place !== data || process.getuid === undefined || stat.uid === process.getuid(),
    isWritable: isWritable(place),
    freeBytes: disk.bavail * disk.bsize,
    totalBytes: disk.blocks * disk.bsize,
    freeFiles: disk.files === 0 ? null : disk.ffree,
    databaseBytes: statSync(join(data, 'holdfast.db'), { throwIfNoEntry: false })?.size ?? 0,
    clockSkewMs: clockSkewMs(place),
    trouble,
  }
}

// A folder that is made just now has the disk's time.
function clockSkewMs(place: string): number {
  try {
    const before = Date.now()
    const trial = mkdtempSync(join(place, '.holdfast-doctor-'))
    const { mtimeMs } = statSync(trial)
    rmdirSync(trial)
    return mtimeMs >= before && mtimeMs <= Date.now() ? 0 : mtimeMs - before
  } catch {
    return 0
  }
}

function isWritable(place: string): boolean {
  try {
    accessSync(place, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}
