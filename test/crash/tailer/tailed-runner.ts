// A runner that is there to be killed. Writes a dot whenever something was stored.
import { openHoldfast } from 'holdfast'
import { dataIn, tailedKind } from './tailed-job.ts'

const [folder = '', logBytes = ''] = process.argv.slice(2)
const holdfast = await openHoldfast({ data: dataIn(folder), kinds: [tailedKind({ folder, logBytes: Number(logBytes) })], runner: true })
holdfast.onChange(() => process.stdout.write('.'))
