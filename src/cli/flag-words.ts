// What is told of a job's processes beside its state, in words.
import type { Job } from '../client/index.ts'

type Flag = Job['flags'][number]

/** One sentence each. */
export const flagWords: Record<Flag, string> = {
  leftovers: 'Its command has ended; processes that it left behind still run, and it keeps its keys until they are gone.',
  killIncomplete: 'Some of its processes cannot be killed; it is tried again, and it keeps its keys until they are gone.',
  disconnected: 'Its launcher is gone, its processes live; when they end, nobody will know their exit code.',
  stalled: 'It has given no sign of life for longer than it may.',
  unchecked: 'It has ended; its output waits for the app, which is to look at it before it is published.',
}

/** For one column of a list. */
export const shortFlags: Record<Flag, string> = {
  leftovers: 'left processes behind',
  killIncomplete: 'cannot be killed',
  disconnected: 'launcher gone',
  stalled: 'no sign of life',
  unchecked: 'ended, waiting for the app to finish it',
}
