// Sets a server up from its blueprint, starts it as a job of its own, and waits until its console answers.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Job } from 'holdfast'
import { playersOf } from '../game/console.ts'
import { server as serverKind } from '../kinds.ts'
import { initialize } from './initialize.ts'
import { onServer, type Place, runningJob } from './place.ts'
import { stopServer } from './stop.ts'

/** A server that has not answered for so long since its process began will not. */
const healthMs = Number(process.env.GAMESERVERS_HEALTH_MS ?? 30_000)

export default onServer(async (place) => {
  const { holdfast, server, by, job } = place
  job.phase('Set up', { index: 1, of: 3 })
  const running = await runningJob(holdfast, server.id)
  if (running === null) {
    await initialize(place)
    await mustBeFree(server.port)
  } else job.log(`It is started already, as job ${running.id}.`)

  job.phase('Start', { index: 2, of: 3 })
  const started = running ?? (await holdfast.submit(serverKind, { server: server.id }, { submittedBy: by, name: server.name })).job
  job.phase('Wait for its console', { index: 3, of: 3 })
  try {
    await healthy(place, started.id)
  } catch (error) {
    // Half started is worse than stopped.
    await stopServer(place, started.id)
    throw error
  }
  job.log(`${server.name} is up: 127.0.0.1:${server.port}, job ${started.id}.`)
})

/** @throws Error that says why it is not up */
async function healthy({ holdfast, database, server, job }: Place, id: number): Promise<void> {
  for (;;) {
    job.signal.throwIfAborted()
    const seen = (await holdfast.get(id)) as Job
    if (seen.finishedAt !== null) throw new Error(`It ended at once: ${seen.failure?.message ?? `exit code ${seen.exitCode}`} (job ${id})`)
    const { consolePort, consolePassword } = (await database.server(server.id)) ?? server
    if (seen.state === 'running' && (await playersOf({ consolePort, consolePassword })) !== null) return
    if (seen.startedAt !== null && Date.now() - seen.startedAt > healthMs)
      throw new Error(`Its console has not answered for ${healthMs / 1_000} s; it was stopped again (job ${id})`)
    await delay(100, undefined, { signal: job.signal })
  }
}

/** The server itself would run on without players. @throws Error */
async function mustBeFree(port: number): Promise<void> {
  const probe = createSocket('udp4').bind(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    throw new Error(`Port ${port} is taken by another program.`)
  } finally {
    probe.close()
  }
}
