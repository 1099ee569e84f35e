// One reader: opens the current snapshot, reads two files of it, closes it; so many times. `node reader.ts DATA READS`. Tells on stdout what it saw.
import { readFileSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { openHoldfast } from '../../../src/index.ts'

const [, , data = '', reads = '0'] = process.argv
const holdfast = await openHoldfast({ data, runner: false })
const index = holdfast.artifact('index')
const seen = new Set<number>()
let done = 0
for (; done < Number(reads); done++) {
  using snapshot = await index.open()
  if (!snapshot) {
    console.log('wrong\tthere is no snapshot')
    break
  }
  seen.add(snapshot.id)
  try {
    const a = readFileSync(snapshot.file('a'), 'latin1')
    // Some are slow: three others are published, and all that may go is removed, before it reads on.
    if (done % 1_000 === 0) await threeLater(snapshot.number)
    const b = readFileSync(snapshot.file('b'), 'latin1')
    const id = String(snapshot.jobId)
    if (a !== b || !a?.startsWith(`${id}\n`))
      console.log(`wrong\ttorn: snapshot ${snapshot.number} of job ${id} has ${a?.slice(0, 8)} and ${b?.slice(0, 8)}`)
  } catch (error) {
    console.log(`wrong\tmissing: ${error}`)
  }
  // A program that reads all the time still hears what others do.
  if (done % 16 === 0) await setImmediate()
}
async function threeLater(number: number): Promise<void> {
  while (((await index.current())?.number ?? 0) < number + 3) await setTimeout(5)
}
console.log(`reads\t${done}`)
console.log(`seen\t${seen.size}`)
await holdfast.close()
