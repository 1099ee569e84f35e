// What the tests of the public testing kit share: a Holdfast of the kit for one test, and a kind.
import { z } from '@hono/zod-openapi'
import { defineJob } from 'holdfast'
import { openTestHoldfast, type TestHoldfast, type TestOptions } from 'holdfast/testing'

/** Opens one for a test and closes it after it. */
export async function withHoldfast(options: TestOptions, work: (holdfast: TestHoldfast) => Promise<void>): Promise<void> {
  await using holdfast = await openTestHoldfast(options)
  await work(holdfast)
}

/** A command job; what plays it is the matter of a test. */
export const scan = defineJob({
  kind: 'scan',
  input: z.object({ video: z.string(), speed: z.number().default(1) }),
  command: ({ video }) => ['ffmpeg', '-i', video],
})
