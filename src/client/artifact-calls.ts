// The part of the client that is about artifacts.
import type { Abortable, Ask } from './client.ts'
import type { Connection } from './event-stream.ts'
import { type Line, watchView } from './watch-view.ts'
import type { ArtifactDetail, ArtifactView, Polled, Snapshot } from './wire.ts'

export interface RollBack extends Ask {
  /** Number of the snapshot to make current. Default: the newest one before the current one. */
  to?: number
  /** Why; kept with it. */
  reason?: string
}

export interface WatchArtifacts extends Abortable {
  /** All of them now, then after changes. */
  onArtifacts: (artifacts: ArtifactView[]) => void
  onState?: (connection: Connection) => void
}

export interface WatchArtifact extends Abortable {
  /** It now, then after changes. */
  onArtifact: (artifact: ArtifactDetail) => void
  onState?: (connection: Connection) => void
}

export interface ArtifactCalls {
  /** All of them, by name. */
  artifacts(call?: Abortable): Promise<ArtifactView[]>
  artifact(name: string, call?: Abortable): Promise<ArtifactDetail & Polled>
  /** Makes another kept snapshot the current one. */
  rollBack(name: string, request?: RollBack): Promise<Snapshot>
  /** Says what the current snapshot should be built from; null: nothing in particular. Nothing is started by this. */
  want(name: string, fingerprint: string | null, request?: Ask): Promise<ArtifactView>
  /** Runs until aborted. Reconnects by itself. */
  watchArtifacts(watch: WatchArtifacts): Promise<void>
  watchArtifact(name: string, watch: WatchArtifact): Promise<void>
}

export function artifactCalls(line: Line): ArtifactCalls {
  const ask = async <Answer>(...call: Parameters<Line['transport']['json']>) => (await line.transport.json(...call)) as Answer
  return {
    artifacts: async ({ signal } = {}) => (await ask<{ artifacts: ArtifactView[] }>('api/v1/artifacts', { signal })).artifacts,
    artifact: (name, { signal } = {}) => ask(pathOf(name), { signal }),
    rollBack: (name, { signal, ...request } = {}) => ask(`${pathOf(name)}/roll-back`, { method: 'POST', body: request, signal }),
    want: (name, fingerprint, { signal, ...request } = {}) =>
      ask(`${pathOf(name)}/want`, { method: 'POST', body: { fingerprint, ...request }, signal }),
    watchArtifacts: ({ onArtifacts, ...watch }) => {
      const onView = ({ artifacts }: { artifacts: ArtifactView[] }) => onArtifacts(artifacts)
      return watchView(line, { path: 'api/v1/events/artifacts', event: 'artifacts', onView, ...watch })
    },
    watchArtifact: (name, { onArtifact, ...watch }) =>
      watchView(line, { path: `${pathOf(name)}/events`, event: 'artifact', onView: onArtifact, ...watch }),
  }
}

function pathOf(name: string): string {
  return `api/v1/artifacts/${encodeURIComponent(name)}`
}
