// Makes Markdown, EPUB and cover again from the chapters as they were published, as after a change of how they look.
import type { JobContext } from 'holdfast/job'
import { artifactOf, readBook } from './book.ts'
import { assemble } from './output/assemble.ts'
import { phasesOf } from './phases.ts'

export default async function regenerateArtifacts(job: JobContext<{ book: string }>): Promise<void> {
  job.heartbeat()
  const folder = job.output(artifactOf(job.input.book))
  const phase = phasesOf(job, ['Post-Processing'])
  await phase('Post-Processing', () => assemble(folder, readBook(folder)))
}
