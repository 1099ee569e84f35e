// What an attempt's folder is made of. Names only; PROTOCOL.md, version 1.

/** Files of an attempt's folder. */
export const attemptFiles = {
  /** Held open by every living process of the attempt. Nobody holds it: they are gone. */
  alive: 'alive',
  /** Four bytes: `---\n` until the end, then the exit code; behind it perhaps a word, that nobody was left. */
  exit: 'exit',
  /** The start-once latch. */
  latch: 'started',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  events: 'events',
  input: 'input.json',
  checkpoint: 'checkpoint.json',
  staging: 'staging',
  /** JSON: which snapshots the staging folders began as copies of. */
  seed: 'seed.json',
  /** JSON: what was there before the start, for whoever looks after the attempt later. */
  record: 'record.json',
  /** Is there when the kernel has killed a process of the attempt because memory ran out. */
  outOfMemory: 'out-of-memory',
} as const

export const noExitYet = '---\n'

/** A log file as the job writes it (0), or written anew so often, without what was taken out of it. */
export function writingOf(stream: 'stdout' | 'stderr', sealed: number): string {
  return sealed === 0 ? attemptFiles[stream] : `${stream}.sealed-${sealed}.log`
}
