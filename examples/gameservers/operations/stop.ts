// Ends a running server: asked by its console, else by Holdfast, which ends its whole process tree.
import { askToShutDown } from '../game/console.ts'
import { stopMs } from '../kinds.ts'
import { onServer, type Place } from './place.ts'

export default onServer(async (place) => {
  if (place.running === null) place.job.log('It is not running.')
  else await stopServer(place, place.running.id)
})

export async function stopServer({ holdfast, database, server, by, job }: Place, id: number): Promise<void> {
  const found = await holdfast.get(id)
  if (found === null || found.finishedAt !== null) return
  // Nobody has begun it yet: there is nobody to ask.
  if (found.state === 'queued') return void (await holdfast.cancel(id, { by }))
  const { consolePort, consolePassword } = (await database.server(server.id)) ?? server
  job.log(`Asking ${server.name} to shut down (job ${id}).`)
  const fault = await askToShutDown({ consolePort, consolePassword })
  if (fault !== null) job.log(`Its console does not answer: ${fault}`)
  const waited = AbortSignal.timeout(fault === null ? stopMs : 0)
  const ended = await holdfast.wait(id, { signal: waited }).catch((error: unknown) => (waited.aborted ? null : Promise.reject(error)))
  if (ended !== null) return job.log(`It ended with exit code ${ended.exitCode}.`)
  job.log(`${fault === null ? `It has not ended for ${stopMs / 1_000} s` : 'It cannot be asked'}; its processes are being stopped.`)
  await holdfast.cancel(id, { by })
  await holdfast.wait(id)
  job.log('It was stopped.')
}
