// Which followed faces are one person. Pure; names nobody.
import { distance, meanOf, type Track } from './track.ts'

export interface Person {
  /** From 1, longest on screen first. */
  number: number
  /** On screen in all. */
  seconds: number
  /** From when to when, in seconds. */
  spans: [number, number][]
}

/** Faces of one person are nearer to each other, as the authors of the network say. */
const samePerson = 0.5

/** The longest first: they are known best, and each of the others joins whom it is nearest to, or is somebody new. */
export function tellApart(tracks: readonly Track[], framesPerSecond: number, tell: (done: number) => void = () => {}): Person[] {
  const groups: { mean: number[]; found: number; tracks: Track[] }[] = []
  for (const [done, track] of tracks.toSorted((a, b) => b.found - a.found || a.first - b.first).entries()) {
    const near = groups.map((group) => ({ group, away: distance(group.mean, track.descriptor) })).sort((a, b) => a.away - b.away)[0]
    if (near !== undefined && near.away < samePerson) {
      const { group } = near
      group.mean = meanOf(group.mean, group.found, track.descriptor, track.found)
      group.found += track.found
      group.tracks.push(track)
    } else groups.push({ mean: track.descriptor, found: track.found, tracks: [track] })
    tell(done + 1)
  }
  return groups
    .map((group) => personOf(group.tracks, framesPerSecond))
    .sort((a, b) => b.seconds - a.seconds || (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0))
    .map((person, i) => ({ number: i + 1, ...person }))
}

/** A frame stands for the time until the next. */
function personOf(tracks: readonly Track[], framesPerSecond: number): Omit<Person, 'number'> {
  const spans = joined(tracks.map(({ first, last }) => [first / framesPerSecond, (last + 1) / framesPerSecond]))
  return { seconds: spans.reduce((sum, [from, to]) => sum + to - from, 0), spans }
}

function joined(spans: [number, number][]): [number, number][] {
  const whole: [number, number][] = []
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = whole.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole
}
