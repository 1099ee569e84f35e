// `current/<artifact>`: a link to the current snapshot, for readers in other languages.
import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { House } from './house.ts'

/** Makes it follow the store's pointer, whoever moved that: read, link, read again until equal. */
export async function linkCurrent({ store, folder, place }: Pick<House, 'store' | 'folder' | 'place'>, artifact: string): Promise<void> {
  const link = join(folder.current, artifact)
  for (let tries = 0; tries < 10; tries++) {
    const current = (await store.artifacts.list({ names: [artifact] }))[0]?.current
    if (!current) return
    const target = relative(folder.current, join(folder.snapshots, artifact, current.folder))
    if (readLink(link) === target) return
    const fresh = `${link}.${place.runnerId}`
    rmSync(fresh, { force: true })
    symlinkSync(target, fresh)
    renameSync(fresh, link)
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
