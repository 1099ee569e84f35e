// For the tests: what they ask of jobs and servers again and again.
import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job, LogLine } from 'holdfast'
import { until } from '../../../test/contract/temporary.ts'
import type { Server } from '../database.ts'
import { server as serverKind } from '../kinds.ts'
import { jobOf, type Person, type World, waitMs } from './world.ts'

export function looksAt(scene: () => { world: World; crew: Person }) {
  /** Asks for an operation as the crew does; the job that came of it. */
  const asked = async (operation: string, server: number): Promise<number> => {
    const answer = await scene().crew.post(`/servers/${server}/${operation}`)
    return Number(/^\/servers\/\d+#job-(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1] ?? assert.fail(`${answer.status}`))
  }
  const lines = async (id: number): Promise<LogLine[]> => (await scene().world.holdfast.log(id, { limit: 5_000 })).lines
  const running = (kind: string, server?: number) => jobOf(scene().world, kind, ({ state }) => state === 'running')(server)

  /** Of a server that is set up: ends what it has begun, and nothing that somebody else has. */
  async function startsAreCancelled(server: number, folder: string): Promise<void> {
    const { crew } = scene()
    const { holdfast } = scene().world
    // One whose console never answers.
    const program = join(folder, 'runtime/usr/games/teeworlds-server')
    renameSync(program, `${program}.real`)
    writeFileSync(program, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 })
    const start = await asked('start', server)
    const begun = await running('server', server)
    assert.match(await crew.text(`/servers/${server}`), /data-look="starting"/)
    await holdfast.cancel(start)
    for (const id of [start, begun.id]) assert.equal((await holdfast.wait(id)).state, 'cancelled')
    const other = (await holdfast.submit(serverKind, { server })).job
    const again = await asked('start', server)
    await until('a wait', async () => (await holdfast.get(again))?.progress?.phase?.name === 'Wait for its console', waitMs)
    await holdfast.cancel(again)
    assert.equal((await holdfast.wait(again)).state, 'cancelled')
    assert.equal((await running('server', server)).id, other.id)
    await holdfast.cancel(other.id)
    await holdfast.wait(other.id)
    renameSync(`${program}.real`, program)
  }

  return {
    lines,
    running,
    startsAreCancelled,
    /** What it wrote to a stream. */
    async said(id: number, stream: string): Promise<string> {
      const found = (await lines(id)).filter((line) => line.stream === stream)
      return found.map(({ text }) => text).join('\n')
    },
    settled: (kind: string, server?: number) => jobOf(scene().world, kind)(server),
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

/** A host command that failed: its exit code, its times, its lines. */
export function isTold(failed: Job, lines: LogLine[]): void {
  assert.deepEqual([failed.state, failed.attempts, failed.exitCode], ['failed', 1, 23])
  assert.match(failed.failure?.message ?? '', /cp: no room on the disk/)
  const [started = 0, beat = 0, finished = 0] = [failed.startedAt ?? 0, failed.heartbeatAt ?? 0, failed.finishedAt ?? 0]
  assert.ok(failed.submittedAt <= started && started <= beat && started < finished)
  assertGapless(lines.map(({ seq }) => seq))
  const long = lines.find(({ text }) => text.startsWith('xxx'))
  assert.deepEqual([long?.text.length, long?.cutFromBytes, long?.stream], [4_096, 5_000, 'stdout'])
  assert.ok(lines.some(({ stream, text }) => stream === 'stderr' && text === 'cp: no room on the disk'))
}
