// Videos for the tests, made with ffmpeg from stills.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { portrait } from './portrait.ts'

const require = createRequire(import.meta.url)

/** A face, or nobody, for so many seconds. */
export type Shot = ['astronaut' | 'others' | 'nobody', number]

/** Of 320 × 240, with a new frame four times a second. */
export function makeVideo(path: string, shots: readonly Shot[]): void {
  const stills = { astronaut: portrait(), others: photograph(), nobody: null }
  const inputs = shots.flatMap(([who]) => (stills[who] === null ? ['-f', 'lavfi', '-i', 'color=gray:s=320x240:r=4'] : ['-i', stills[who]]))
  const fit = 'scale=320:240:force_original_aspect_ratio=increase,crop=320:240:iw/2-160:0,setsar=1,format=yuv420p'
  const still = (seconds: number) => `loop=loop=${seconds * 4}:size=1,setpts=N/4/TB,trim=duration=${seconds}`
  const filters = shots.map(([, seconds], i) => `[${i}]${fit},${still(seconds)},fps=4[v${i}]`)
  const joined = `${shots.map((_, i) => `[v${i}]`).join('')}concat=n=${shots.length}[v]`
  make([...inputs, '-filter_complex', [...filters, joined].join(';'), '-map', '[v]'], path)
}

/** A second of a wall of two dozen faces: a frame that takes long. */
export function makeCrowd(path: string): void {
  const wall = 'crop=150:150:145:60,scale=107:107,loop=loop=24:size=1,tile=6x4,scale=640:480'
  make(['-i', portrait(), '-vf', `${wall},format=yuv420p,fps=1`, '-frames:v', '1'], path)
}

function make(args: readonly string[], path: string): void {
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-y', path]
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...args, ...encode], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Of several people; it comes with face-api and is read where it is installed. */
const photograph = (): string => join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo/sample1.jpg')
