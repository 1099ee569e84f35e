// An app whose inline job saves, waits until that is kept, and takes its whole process away in the same breath.
import { openHoldfast } from 'holdfast'
import { savesInline } from './saving-kinds.ts'

const holdfast = await openHoldfast({ data: process.argv[2], kinds: [savesInline], runner: true })
await holdfast.submit(savesInline)
