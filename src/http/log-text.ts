// The log of a job as a download: whole, or the bytes that were asked for, read as fast as they are taken. Knows ranges, not logs.
import { HoldfastError } from '../supervisor/errors.ts'
import type { LogText } from '../supervisor/holdfast.ts'
import type { Logger } from '../supervisor/logger.ts'
import { toProblem } from './problem.ts'

export interface Download {
  id: number
  text: LogText
  request: Request
  logger: Logger
}

/** 200 with all of it, 206 with the bytes of `Range`, 416 where there are none such. */
export function answerText({ id, text, request, logger }: Download): Response {
  const etag = text.version === null ? null : `"${text.version}"`
  const headers = new Headers({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `inline; filename="job-${id}.log"`,
    'accept-ranges': 'bytes',
    ...(etag && { etag }),
  })
  const range = rangeOf(request.headers, text.bytes, etag)
  if (range === 'none') return outOfRange(text.bytes, logger)
  const { from, to } = range ?? { from: 0, to: text.bytes }
  headers.set('content-length', String(to - from))
  if (range) headers.set('content-range', `bytes ${from}-${to - 1}/${text.bytes}`)
  // Nobody reads the body of a HEAD.
  const body = request.method === 'HEAD' ? null : bodyOf(text.read({ from, to }), id, logger)
  return new Response(body, { status: range ? 206 : 200, headers })
}

interface Bytes {
  from: number
  /** Before this one. */
  to: number
}

/** Null: all of it. Of several ranges, and of what is not understood, all is sent, as HTTP allows. */
function rangeOf(headers: Headers, bytes: number, etag: string | null): Bytes | 'none' | null {
  const condition = headers.get('if-range')
  // A date is never ours.
  if (condition !== null && condition !== etag) return null
  const [, first, last] = /^\s*bytes\s*=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(headers.get('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  return from < to ? { from, to } : 'none'
}

function outOfRange(bytes: number, logger: Logger): Response {
  const problem = toProblem(new HoldfastError('range_not_satisfiable', `The log has ${bytes} bytes.`), logger)
  problem.headers.set('content-range', `bytes */${bytes}`)
  return problem
}

function bodyOf(pieces: AsyncIterable<Uint8Array>, id: number, logger: Logger): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          logger.error(`The log of job ${id} could not be read to its end.`, { error })
          // Breaks the connection, so that the text does not look complete.
          controller.error(new Error('The log could not be read to its end.'))
        }
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
