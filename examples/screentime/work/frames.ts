// The frames of a video as pixels, one after the other, from any one of them. Knows no job.
import { ffmpeg } from './ffmpeg.ts'

interface FramesToRead {
  /** Every frame in it is whole, and they are equally far apart. */
  path: string
  framesPerSecond: number
  width: number
  height: number
  /** Number of the first that is wanted. */
  from: number
}

/** @throws Error when ffmpeg cannot read it, or the signal's reason */
export async function* readPixels({ path, framesPerSecond, width, height, from }: FramesToRead, signal: AbortSignal) {
  // Half a frame early: what is at the very instant may be taken for earlier or later.
  const seek = from === 0 ? [] : ['-ss', String((from - 0.5) / framesPerSecond)]
  const size = width * height * 3
  // A frame comes out as soon as it has been read: nothing is read ahead to find out what is known, no thread holds one back.
  const known = ['-probesize', '32768', '-threads', '1']
  const running = ffmpeg([...known, ...seek, '-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], signal)
  let frame = new Uint8Array(size)
  let filled = 0
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - filled)
      frame.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < size) break
      yield frame
      frame = new Uint8Array(size)
      filled = 0
    }
  }
  signal.throwIfAborted()
  await running.ended
}
