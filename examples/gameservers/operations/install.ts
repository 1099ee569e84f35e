// Fetches the game into a folder of its own, which becomes the installed one when all of it is there.
import type { JobContext } from 'holdfast/job'
import { sources } from '../game/sources.ts'
import type { InstallInput } from '../kinds.ts'

export default async function install(job: JobContext<InstallInput>): Promise<void> {
  const { title, install } = sources[job.input.source]
  job.log(`Installing teeworlds from ${title}.`)
  await install(job.output('runtime'), job)
}
