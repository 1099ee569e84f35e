// Stops a server and removes its files. Its row stays: its jobs are still of something, and it can be set up again.
import { rm } from 'node:fs/promises'
import { onServer } from './place.ts'
import { stopServer } from './stop.ts'

export default onServer(async (place) => {
  const { database, server, folder, job, running } = place
  if (running !== null) await stopServer(place, running.id)
  await database.note(server.id, { consolePort: null, consolePassword: null, revision: null, runtime: null })
  await rm(folder, { recursive: true, force: true })
  job.log('Its files are gone.')
})
