// Sets a server up from its blueprint, starts it as a job of its own, and waits until its console answers.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Job } from 'holdfast'
import { playersOf } from '../game/console.ts'
import { server as serverKind } from '../kinds.ts'
import { initialize } from './initialize.ts'
import { onServer, type Place } from './place.ts'
import { stopServer } from './stop.ts'

/** A server that has not answered for so long since its process began will not; one whose process does not begin has as long. */
const healthMs = Number(process.env.GAMESERVERS_HEALTH_MS ?? 30_000)

export default onServer(async (place) => {
  const { holdfast, server, by, job, running } = place
  job.phase('Set up', { index: 1, of: 3 })
  if (running === null) {
    await initialize(place)
    await mustBeFree(server.port)
  } else job.log(`It is started already, as job ${running.id}.`)

  job.phase('Start', { index: 2, of: 3 })
  const { id } = running ?? (await holdfast.submit(serverKind, { server: server.id }, { submittedBy: by, name: server.name })).job
  job.phase('Wait for its console', { index: 3, of: 3 })
  try {
    await healthy(place, id)
  } catch (error) {
    // Half started is worse than stopped; what another one started is not ours to end.
    if (running === null) await stopServer(place, id)
    throw error
  }
  job.log(`${server.name} is up: 127.0.0.1:${server.port}, job ${id}.`)
})

/** @throws Error that says why it is not up */
async function healthy({ holdfast, database, server, job, running }: Place, id: number): Promise<void> {
  const begun = Date.now()
  for (;;) {
    job.signal.throwIfAborted()
    const seen = (await holdfast.get(id)) as Job
    if (seen.finishedAt !== null) throw new Error(`It ended: ${seen.failure?.message ?? `exit code ${seen.exitCode}`} (job ${id})`)
    const { consolePort, consolePassword } = (await database.server(server.id)) ?? server
    if (seen.state === 'running' && (await playersOf({ consolePort, consolePassword })) !== null) return
    if (Date.now() - Math.max(begun, seen.startedAt ?? 0) > healthMs) {
      const what = seen.state === 'queued' ? 'It has not begun' : 'Its console has not answered'
      throw new Error(`${what} for ${healthMs / 1_000} s; it was ${running === null ? 'stopped again' : 'left as it is'} (job ${id})`)
    }
    await delay(100, undefined, { signal: job.signal })
  }
}

/** The server itself would run on without players. @throws Error */
async function mustBeFree(port: number): Promise<void> {
  const probe = createSocket('udp4').bind(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new Error(`Port ${port} is taken by another program.`) : error
  } finally {
    probe.close()
  }
}
