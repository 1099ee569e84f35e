// What the tests know of an episode that no stage has told them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** As it was left before there were jobs: four seconds in which two invented people are followed and not yet told apart. */
export function makeOldEpisode(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const ada = { found: 2, descriptor: Array(128).fill(0.04) }
  const tracks = [
    { first: 0, last: 3, ...ada },
    { first: 2, last: 2, found: 1, descriptor: Array(128).fill(0.16) },
    { first: 6, last: 7, ...ada },
  ]
  const results = {
    frames: { file: 'frames.mkv', frames: 8, framesPerSecond: 2, width: 320, height: 240 },
    faces: { file: 'faces.jsonl', frames: 8, faces: 7 },
    tracks: { frames: 8, framesPerSecond: 2, tracks },
  }
  for (const [name, result] of Object.entries(results)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(result))
}

/** The numbers of the beats in a log. */
export const beats = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => /^hb seq=(\d+) frames=\d+ pct=\d+ faces=\d+$/.exec(line)?.[1] ?? []).map(Number)
