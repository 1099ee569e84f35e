// The whole log of a job as text, read page by page as fast as the reader takes it. Knows no HTTP.
import type { Holdfast } from '../supervisor/holdfast.ts'
import type { Logger } from '../supervisor/logger.ts'
import { httpBounds } from './bounds.ts'

/** Ends at the line that was the newest when reading began, so that a job which writes faster than we read does not hold us. */
export function logText(holdfast: Holdfast, id: number, logger: Logger): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let after = 0
  let end = Number.POSITIVE_INFINITY
  const readPage = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const page = await holdfast.log(id, { after, limit: httpBounds.downloadLines, full: true })
    end = Math.min(end, page.lastSeq)
    const lines = page.lines.filter((line) => line.seq <= end)
    if (lines.length > 0) controller.enqueue(encoder.encode(lines.map((line) => `${line.text}\n`).join('')))
    after = page.lines.at(-1)?.seq ?? end
    if (after >= end) controller.close()
  }
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          await readPage(controller)
        } catch (error) {
          logger.error(`The log of job ${id} could not be read to its end.`, { error })
          // Breaks the connection, so that the text does not look complete.
          controller.error(new Error('The log could not be read to its end.'))
        }
      },
    },
    { highWaterMark: 0 },
  )
}
