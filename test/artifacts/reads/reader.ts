// One reader: opens the current snapshot, reads two files of it, closes it; so many times. `node reader.ts DATA READS`. Tells on stdout what it saw.
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
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
    const [a, b] = ['a', 'b'].map((name) => readFileSync(snapshot.file(name), 'latin1'))
    const id = String(snapshot.jobId)
    if (a !== b || !a?.startsWith(`${id}\n`))
      console.log(`wrong\ttorn: snapshot ${snapshot.number} of job ${id} has ${a?.slice(0, 8)} and ${b?.slice(0, 8)}`)
  } catch (error) {
    console.log(`wrong\tmissing: ${error}`)
  }
  // A program that reads all the time still hears what others do.
  if (done % 16 === 0) await setImmediate()
}
console.log(`reads\t${done}`)
console.log(`seen\t${seen.size}`)
await holdfast.close()
