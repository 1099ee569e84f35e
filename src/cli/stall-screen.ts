// What `show` says of a job that has gone silent: the facts, what follows from them, and what can be done.
import type { Job } from '../client/index.ts'
import { durationWords } from '../supervisor/amounts.ts'
import { limitOf, livingWords } from '../supervisor/states.ts'
import { paint, plain, table } from './output.ts'

/** No lines where it is not stalled. */
export function stallScreen({ id, state, stall, stalled, heartbeatAt, saved }: Job, flags: string): string[] {
  if (state !== 'running' || stall === null || stalled === null) return []
  const silentMs = stalled.silentMs + Math.max(0, Date.now() - stalled.lookedAt)
  const limit = durationWords(limitOf(stall, heartbeatAt))
  const sign = stalled.heartbeats === 'any' ? 'sign of life' : 'heartbeat'
  const seen = [stalled.process && livingWords(stalled.process), stalled.lastLine && `last line: ${plain(stalled.lastLine)}`]
  return [
    '',
    `  ${paint('yellow', `No ${sign} for ${durationWords(silentMs)} (limit ${limit})`)}`,
    ...seen.filter((words) => words !== null && words !== '').map((words) => `  ${words}`),
    `  ${policyWords(stall)}`,
    '',
    table([
      [`  holdfast check ${id}${flags}`, 'look at it now'],
      [`  holdfast keep-waiting ${id}${flags}`, `warn again after another ${durationWords(stall.stallAfterMs)} of silence`],
      [
        `  holdfast resume ${id}${flags}`,
        saved === null ? 'stop it, then start again: it has saved nothing yet' : 'stop it, then go on from what it last saved',
      ],
      [`  holdfast cancel ${id}${flags}`, 'stop it and everything it started'],
    ]),
  ]
}

function policyWords({ onStall, stallLimitMs }: NonNullable<Job['stall']>): string {
  if (onStall === 'warn') return 'This is a warning, not a verdict: it runs on and keeps its keys until somebody decides.'
  const then = onStall === 'cancel' ? 'stopped, and has failed' : 'stopped, and tried again if its retry policy allows'
  return `After ${durationWords(stallLimitMs)} of silence it is ${then}.`
}
