// For the tests: what they ask of jobs and servers again and again.
import assert from 'node:assert/strict'
import type { Job, LogLine } from 'holdfast'
import type { Server } from '../database.ts'
import { jobOf, type Person, type World } from './world.ts'

export function looksAt(scene: () => { world: World; crew: Person }) {
  /** Asks for an operation as the crew does; the job that came of it. */
  const asked = async (operation: string, server: number): Promise<number> => {
    const answer = await scene().crew.post(`/servers/${server}/${operation}`)
    return Number(/^\/servers\/\d+#job-(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1] ?? assert.fail(`${answer.status}`))
  }
  const lines = async (id: number): Promise<LogLine[]> => (await scene().world.holdfast.log(id, { limit: 5_000 })).lines
  return {
    lines,
    /** What it wrote to a stream. */
    async said(id: number, stream: string): Promise<string> {
      const found = (await lines(id)).filter((line) => line.stream === stream)
      return found.map(({ text }) => text).join('\n')
    },
    settled: (kind: string, server?: number) => jobOf(scene().world, kind)(server),
    running: (kind: string, server?: number) => jobOf(scene().world, kind, ({ state }) => state === 'running')(server),
    serverNow: async (id: number): Promise<Server> => (await scene().world.database.server(id)) ?? assert.fail(`no server ${id}`),
    asked,
    /** Asks for an operation and waits for its end. */
    operated: async (operation: string, server: number): Promise<Job> => scene().world.holdfast.wait(await asked(operation, server)),
  }
}

interface Span {
  startedAt: number | null
  finishedAt: number | null
}

export const overlap = (a: Span | undefined, b: Span | undefined): boolean =>
  (a?.startedAt ?? 0) < (b?.finishedAt ?? 0) && (b?.startedAt ?? 0) < (a?.finishedAt ?? 0)

/** One after the other, none left out and none twice. */
export function assertGapless(numbers: number[], from = 1): void {
  const wanted = numbers.map((_, index) => from + index)
  assert.deepEqual(numbers, wanted)
}
