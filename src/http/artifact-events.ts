// What the event streams of artifacts say: all of them, or one with all that is kept of it. Knows no HTTP.
import type { Holdfast } from '../supervisor/holdfast.ts'
import { httpBounds } from './bounds.ts'
import type { EventSink } from './event-stream.ts'
import { sendView } from './shared-view.ts'
import { toWireArtifact, toWireDetail } from './wire-artifact.ts'

const pacing = { everyMs: httpBounds.artifactEventMs, atLeastEveryMs: httpBounds.readersLookMs }

export function sendArtifacts(sink: EventSink, holdfast: Holdfast): Promise<void> {
  const look = async () => ({ artifacts: (await holdfast.artifacts.list()).map(toWireArtifact) })
  return sendView(sink, { holdfast, key: 'artifacts', event: 'artifacts', ...pacing, look })
}

export function sendArtifact(sink: EventSink, holdfast: Holdfast, name: string): Promise<void> {
  const look = async () => {
    const detail = await holdfast.artifact(name).detail()
    return detail && toWireDetail(detail)
  }
  return sendView(sink, { holdfast, key: `artifact ${name}`, event: 'artifact', ...pacing, look })
}
