// Artifacts in a terminal: their condition, when a snapshot was published, how old and how large it is.
import type { ArtifactView, Snapshot } from '../client/index.ts'
import { bytesWords, durationWords } from '../supervisor/amounts.ts'
import { clockTime, paint, thousands } from './output.ts'
import type { Connection, Place } from './place.ts'

type Looks = Record<ArtifactView['condition'], { icon: string; style: Parameters<typeof paint>[0] }>

const looks: Looks = {
  idle: { icon: '◌', style: 'gray' },
  required: { icon: '↻', style: 'yellow' },
  building: { icon: '●', style: 'cyan' },
  succeeded: { icon: '✓', style: 'green' },
  failed: { icon: '✗', style: 'red' },
}

/** What is built and will be required again says both. */
export function conditionWord({ condition, anotherRequired }: ArtifactView): string {
  const { icon, style } = looks[condition]
  return paint(style, `${icon} ${condition}`) + (anotherRequired ? paint('yellow', ', another required') : '')
}

export function ageOf({ publishedAt }: Snapshot): string {
  return durationWords(Math.max(1_000, Date.now() - publishedAt))
}

export function sizeOf({ bytes, files }: Snapshot): string {
  return `${bytesWords(bytes)}, ${files === 1 ? '1 file' : `${thousands(files)} files`}`
}

/** The time of today, else the day with it. */
export function dayTime(at: number): string {
  const [then, today] = [new Date(at), new Date()]
  const isToday = then.toDateString() === today.toDateString()
  return isToday ? clockTime(at) : `${then.toLocaleDateString('sv-SE')} ${clockTime(at).slice(0, 5)}`
}

/** What readers in any language open. Of a server only it knows where its folder is. */
export function currentPath(name: string, { url }: Place, { where }: Connection): string {
  return url === undefined ? `${where}/current/${name}` : `current/${name} in the data folder of ${where}`
}
