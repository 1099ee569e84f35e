// What the event streams of artifacts say, and when: all of them, or one with all that is kept of it. Knows no HTTP.
import type { Holdfast } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import { changes } from './changes.ts'
import type { EventSink } from './event-stream.ts'
import { toWireArtifact, toWireDetail } from './wire-artifact.ts'

export function sendArtifacts(sink: EventSink, holdfast: Holdfast): Promise<void> {
  return sendChanged(sink, holdfast, 'artifacts', async () => ({ artifacts: (await holdfast.artifacts.list()).map(toWireArtifact) }))
}

export function sendArtifact(sink: EventSink, holdfast: Holdfast, name: string): Promise<void> {
  return sendChanged(sink, holdfast, 'artifact', async () => {
    const detail = await holdfast.artifact(name).detail()
    return detail && toWireDetail(detail)
  })
}

/** What is there now, and again soon after anything changed. A view equal to the last is not sent. */
async function sendChanged(sink: EventSink, holdfast: Holdfast, event: string, look: () => Promise<object | null>): Promise<void> {
  const signal = AbortSignal.any([sink.signal, holdfast.closing])
  const pacing = { everyMs: httpBounds.artifactEventMs, atLeastEveryMs: httpBounds.readersLookMs, signal }
  let sent = ''
  for await (const _ of changes(holdfast, pacing)) {
    const data = await look()
    const seen = JSON.stringify(data)
    if (data === null || seen === sent) continue
    sent = seen
    await sink.send([{ event, data }])
  }
}
