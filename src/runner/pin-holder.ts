// Who reads a snapshot: this process, under the name of what in it reads.
import { basename } from 'node:path'
import type { PinHolder } from '../store/store.ts'
import type { House } from './house.ts'

/** `holder` names it among all that ever read. */
export function pinHolder({ place, launcher }: Pick<House, 'place' | 'launcher'>, what = ''): PinHolder {
  const self = launcher.self()
  return {
    holder: what === '' ? place.runnerId : `${place.runnerId}/${what}`,
    program: what === '' ? basename(process.argv[1] ?? process.title) : what,
    hostId: place.hostId,
    bootId: place.bootId,
    pid: self.pid,
    processStartedAt: self.startedAt,
  }
}
