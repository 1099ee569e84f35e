// What every measured system answers to, ours and the peers: the few acts that the rows are made of. Knows no row and no system.

/** An instant of the clock that all processes of a machine share, in milliseconds. It is the only input that the jobs have. */
export function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export interface MeasuredSystem {
  /** Comes back when the system has acknowledged the job in its durability class. */
  submit(sentAt: number): Promise<void>
  submitBatch(size: number): Promise<void>
  /** Jobs that are waiting or running. */
  unsettled(): Promise<number>
  /** Runs no-op jobs; `onStart` is their handler. Throwing ends the measurement. */
  work(worker: { concurrency: number; onStart: (sentAt: number) => void }): Promise<{ stop(): Promise<void> }>
  close(): Promise<void>
}

/** `address`: a folder, or where the server listens. `setting` is the system's own, such as `FULL`. */
export type OpenSystem = (place: { address: string; setting: string }) => Promise<MeasuredSystem>
