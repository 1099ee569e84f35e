// A runner that is there to be killed. Writes a dot whenever lines of the job were stored.
import { openHoldfast } from 'holdfast'
import { dataIn, tailedKind } from './tailed-job.ts'

const [folder = '', logBytes = ''] = process.argv.slice(2)
const holdfast = await openHoldfast({ data: dataIn(folder), kinds: [tailedKind({ folder, logBytes: Number(logBytes) })], runner: true })

let known = (await holdfast.get(1))?.logLines ?? 0
holdfast.onChange(async () => {
  const lines = (await holdfast.get(1))?.logLines ?? 0
  if (lines > known) process.stdout.write('.')
  known = Math.max(known, lines)
})
