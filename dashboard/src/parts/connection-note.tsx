// How things stand with the server, in words. Without a connection it says since when, and when it tries again.
import type { Connection } from 'holdfast/client'
import { roundDuration, time } from '../../../src/views/format.ts'
import { isSignedOut } from '../client.ts'
import { connection, now } from '../live.ts'

export function ConnectionNote() {
  const tie = connection.value
  if (tie === null) return null
  if (isSignedOut.value)
    return (
      <span class="live" data-live="off">
        Signed out
      </span>
    )
  if (tie.state === 'live') return <span class="live">Live</span>
  const offline = tie.state === 'offline'
  return (
    <span class="live" data-live={offline ? 'off' : 'retry'}>
      {offline ? 'Not connected' : 'Connection lost'}
      {tie.heardAt !== null && `, as of ${time(tie.heardAt, now.value)}`}
      {nextTry(tie)}
    </span>
  )
}

function nextTry({ retryAt }: Connection): string {
  const waitMs = retryAt === null ? 0 : retryAt - now.value
  return waitMs < 1_000 ? '. Trying again…' : `. Trying again in ${roundDuration(waitMs)}`
}
