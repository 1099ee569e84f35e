// A runner of the campaign, to be killed or frozen: `node runner-process.ts OPTIONS-AS-JSON`. Says that it is open; closes when it is told to.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Holdfast, HoldfastError, openHoldfast } from '../../../src/index.ts'
import { type Folders, kindsFor } from './kinds.ts'

export const errorsFile = 'errors'

if (import.meta.main) {
  const folders: Folders & { slots: number } = JSON.parse(process.argv[2] ?? '')
  const note = (level: string) => (message: string) =>
    appendFileSync(join(folders.root, level === 'error' ? errorsFile : 'warnings'), `${process.pid} ${message.replaceAll('\n', ' | ')}\n`)
  const logger = { info() {}, warn: note('warn'), error: note('error') }
  // Whoever is frozen in the middle of a commit keeps the database longer than a caller waits; then whoever keeps apps going starts them again.
  const open = (): Promise<Holdfast> =>
    openHoldfast({ data: folders.data, kinds: kindsFor(folders), runner: { slots: folders.slots }, logger }).catch((error) => {
      if (error instanceof HoldfastError && error.code === 'database_busy') return open()
      throw error
    })
  const holdfast = await open()
  process.on('message', () => void holdfast.close().then(() => process.disconnect()))
  process.on('disconnect', () => process.exit())
  process.send?.('open')
}
