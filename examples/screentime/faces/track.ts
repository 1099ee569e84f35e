// Faces of one frame after the other that are one face: it stays where it was, or looks as it did. Pure.
import type { Face } from './detector.ts'

/** A face that is followed from its first frame to its last. */
export interface Track {
  first: number
  last: number
  /** Of the frames in which it was found. */
  found: number
  /** The mean of theirs. */
  descriptor: number[]
}

interface Open extends Track {
  box: Face['box']
}

/** A face that is not found in one frame in between is the same face still. */
const longestGap = 2

export function followFaces() {
  const closed: Track[] = []
  let open: Open[] = []
  return {
    add(frame: number, faces: readonly Face[]) {
      const pairs = open
        .flatMap((track) => faces.map((face) => ({ track, face, cost: costOf(track, face) })))
        .filter(({ cost }) => cost < 1)
        .sort((a, b) => a.cost - b.cost)
      const taken = new Set<Open | Face>()
      for (const { track, face } of pairs) {
        if (taken.has(track) || taken.has(face)) continue
        for (const each of [track, face]) taken.add(each)
        goOn(track, frame, face)
      }
      const fresh = faces
        .filter((face) => !taken.has(face))
        .map(({ descriptor, box }) => ({ first: frame, last: frame, found: 1, descriptor, box }))
      closed.push(...open.filter(({ last }) => frame - last >= longestGap).map(withoutBox))
      open = [...open.filter(({ last }) => frame - last < longestGap), ...fresh]
    },
    end: (): Track[] => [...closed, ...open.map(withoutBox)].sort((a, b) => a.first - b.first || a.last - b.last),
  }
}

/** 1 and more: another face. A face that has not moved may change its looks more than one that is somewhere else. */
function costOf(track: Open, face: Face): number {
  const most = overlap(track.box, face.box) > 0.3 ? 0.65 : 0.45
  return distance(track.descriptor, face.descriptor) / most
}

function goOn(track: Open, frame: number, { box, descriptor }: Face): void {
  track.descriptor = meanOf(track.descriptor, track.found, descriptor)
  track.found++
  track.last = frame
  track.box = box
}

const withoutBox = ({ box: _, ...track }: Open): Track => ({
  ...track,
  descriptor: track.descriptor.map((value) => Number(value.toFixed(4))),
})

/** Of two boxes: what they share of what they cover together. */
function overlap([ax, ay, aw, ah]: Face['box'], [bx, by, bw, bh]: Face['box']): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx)
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by)
  if (width <= 0 || height <= 0) return 0
  return (width * height) / (aw * ah + bw * bh - width * height)
}

/** Of `times` that were like `a`, and one more, or `more`. */
export function meanOf(a: readonly number[], times: number, b: readonly number[], more = 1): number[] {
  return a.map((value, i) => (value * times + (b[i] ?? 0) * more) / (times + more))
}

export function distance(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return Math.sqrt(sum)
}
