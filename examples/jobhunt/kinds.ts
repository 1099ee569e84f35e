// The two kinds of long work: research on a company, and a cover letter. Each is about one posting, and runs in a process of its own
// that goes on when the app is stopped, killed or replaced.
import { defineJob, type JobDefinition } from 'holdfast'
import { z } from 'zod'
import { findPosting, postingOf } from './postings.ts'

const aboutPosting = z.object({
  posting: z.string().refine((id) => findPosting(id) !== null, 'there is no such posting'),
})
export type AboutPosting = z.infer<typeof aboutPosting>

/** One of a kind for a posting at a time: who asks again meanwhile gets the one that is there, who asks afterwards a new one. */
const forPosting = {
  input: aboutPosting,
  name: ({ posting }: AboutPosting) => postingOf(posting).company.name,
  unique: ({ posting }: AboutPosting) => posting,
  // What a process that was killed has written is replaced by the next attempt, under the same number.
  safeToRepeat: true,
  stallAfterMs: 60_000,
  timeoutMs: 900_000,
}

/** `environment`: what each job's process is told of its app. */
export function kinds(environment: Record<string, string>): JobDefinition<AboutPosting>[] {
  return [
    defineJob({
      ...forPosting,
      kind: 'company-research',
      title: 'Company research',
      description: 'Reads the company’s site and keeps what it says about itself.',
      module: new URL('./jobs/research.ts', import.meta.url),
      environment,
      retry: { attempts: 3, delayMs: 1_000 },
    }),
    defineJob({
      ...forPosting,
      kind: 'cover-letter',
      title: 'Cover letter',
      description: 'Writes a letter from the posting, the applicant and what is known of the company.',
      module: new URL('./jobs/letter.ts', import.meta.url),
      environment,
      // A paragraph that was saved is not paid for again.
      retry: { attempts: 4, delayMs: 1_000, resume: true },
    }),
  ]
}
