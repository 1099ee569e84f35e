// What the processes of these tests can be asked to do: a line of shell, with or without a lock key that nobody else may hold.
import { defineJob } from '../../../src/index.ts'

interface Script {
  script: string
}

const sh = ({ script }: Script) => ['sh', '-c', script]

export const shell = defineJob<Script>({ kind: 'shell', command: sh, stopGraceMs: 300 })
export const locked = defineJob<Script>({ kind: 'locked', command: sh, stopGraceMs: 300, locks: ['door'] })
/** Gets so long between the polite request and the kill that its runner can be killed in between. */
export const patient = defineJob<Script>({ kind: 'patient', command: sh, stopGraceMs: 2_000, locks: ['door'] })
export const hastyMs = 3_000
export const hasty = defineJob<Script>({ kind: 'hasty', command: sh, stopGraceMs: 300, timeoutMs: hastyMs, locks: ['door'] })
export const kinds = [shell, locked, patient, hasty]
