// An episode to begin with, where there is no video yet: the photographs that come with face-api, as a video. They are read where they are
// installed, and nobody in them is named.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Library } from './episodes.ts'

const photographs = [1, 2, 3, 4, 5, 6, 2, 5, 1]
const secondsOfEach = 4
const framesPerSecond = 6

/** Nothing is there where it does not come to its end. */
export async function makeSample({ folder }: Library): Promise<void> {
  console.log('There is no video yet: making a sample …')
  const shots = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'))
  const inputs = photographs.flatMap((n) => ['-i', join(shots, 'demo', `sample${n}.jpg`)])
  const zoom = `zoompan=z='1+0.06*on/25':d=${secondsOfEach * framesPerSecond}:s=640x360:fps=${framesPerSecond}`
  const filters = photographs.map(
    (_, i) => `[${i}]scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,setsar=1,${zoom},setsar=1[v${i}]`,
  )
  const joined = `${photographs.map((_, i) => `[v${i}]`).join('')}concat=n=${photographs.length},format=yuv420p[v]`
  const unfinished = join(folder, 'sample.unfinished')
  const encode = ['-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'mp4', unfinished]
  rmSync(unfinished, { force: true })
  const args = ['-nostdin', '-loglevel', 'error', ...inputs, '-filter_complex', [...filters, joined].join(';'), ...encode]
  const [code] = await once(spawn('ffmpeg', args, { stdio: 'inherit' }), 'exit')
  if (code === 0) return renameSync(unfinished, join(folder, 'videos', 'sample.mp4'))
  rmSync(unfinished, { force: true })
  console.error(`ffmpeg could not make it (exit code ${code}): put a video of yours into ${join(folder, 'videos')}.`)
}
