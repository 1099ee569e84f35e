// Who reads a snapshot: this process, under the name of what in it reads.
import { basename } from 'node:path'
import type { PinHolder } from '../store/store.ts'
import type { House } from './house.ts'

type Place = Pick<House, 'place' | 'launcher'>

/** The machine that a reader can be seen on: readers in another container of it cannot, whatever that calls itself. */
export function readerHost({ place, launcher }: Place): string {
  return `${place.hostId}/${launcher.self().numbering}`
}

/** `holder` names it among all that ever read. */
export function pinHolder(house: Place, what = ''): PinHolder {
  const { place, launcher } = house
  const self = launcher.self()
  return {
    holder: what === '' ? place.runnerId : `${place.runnerId}/${what}`,
    program: what === '' ? basename(process.argv[1] ?? process.title) : what,
    hostId: readerHost(house),
    bootId: place.bootId,
    pid: self.pid,
    processStartedAt: self.startedAt,
  }
}
