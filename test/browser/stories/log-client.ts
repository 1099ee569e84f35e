// Stands in for src/elements/log/log-client.ts on the page of stories: the lines of a story, and never another one.
import type { LogPage } from '../../../src/client/index.ts'
import type { LogClient } from '../../../src/elements/log/log-client.ts'
import { storyAt } from './stories.ts'

export function logClient(api: string): LogClient {
  const lines = storyAt(api)?.known.lines ?? []
  const page: LogPage = { lines, lastSeq: lines.at(-1)?.seq ?? 0, unfinished: [] }
  return { log: async () => page, followLog: () => new Promise(() => {}) }
}
