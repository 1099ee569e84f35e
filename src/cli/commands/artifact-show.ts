// holdfast artifact show: one screen about one artifact.
import type { ArtifactDetail, ArtifactEvent, Build } from '../../client/index.ts'
import { bytesWords } from '../../supervisor/amounts.ts'
import { ageOf, conditionWord, currentPath, dayTime, sizeOf } from '../artifact-words.ts'
import { paint, plain, stateWord, table } from '../output.ts'
import { type Connection, connect, type Place, placeFlags, tellTrouble } from '../place.ts'

/** Of what happened; all of it is in `--json`. */
const shownEvents = 5

export async function showArtifact(name: string, options: Place): Promise<void> {
  const place = await connect(options)
  try {
    await tellTrouble(place)
    const { pollAfterMs: _pollAfterMs, ...detail } = await place.client.artifact(name)
    console.log(options.json ? JSON.stringify(detail) : screen(detail, options, place))
  } finally {
    await place.close()
  }
}

function screen(artifact: ArtifactDetail, options: Place, place: Connection): string {
  const { name, current, wanted, building, next, last, snapshots, bytes } = artifact
  const facts: [string, string][] = [
    ...(current === null ? [] : [['Folder', currentPath(name, options, place)] as [string, string]]),
    ...(current === null
      ? []
      : [['Current', `snapshot ${current.number}, published ${dayTime(current.publishedAt)}, ${ageOf(current)} ago`] as [string, string]]),
    ...(current?.fingerprint ? [['Built from', plain(current.fingerprint)] as [string, string]] : []),
    ...(wanted === null ? [] : [['Wanted', `${plain(wanted.fingerprint)}${sinceWords(wanted)}`] as [string, string]]),
    ...(building === null ? [] : [['Building', buildWords(building)] as [string, string]]),
    ...(next === null ? [] : [['Next', buildWords(next)] as [string, string]]),
    ...(last === null ? [] : [['Last build', buildWords(last)] as [string, string]]),
    ['Kept', snapshots === 0 ? 'nothing yet' : `${snapshots === 1 ? '1 snapshot' : `${snapshots} snapshots`}, ${bytesWords(bytes)}`],
  ]
  const parts = [
    `${paint('bold', name)}  ${conditionWord(artifact)}`,
    artifact.reasons.map((reason) => `  ${plain(reason)}`).join('\n'),
    table(facts.map(([label, value]) => [`  ${paint('gray', label)}`, value])),
    snapshotTable(artifact),
    eventLines(artifact.events),
    suggestions(artifact, placeFlags(options)),
  ]
  const [title = '', reasons = '', ...rest] = parts.filter((part) => part !== '')
  return [[title, reasons].join('\n'), ...rest].join('\n\n')
}

function sinceWords({ at, by }: { at: number; by: string | null }): string {
  return paint('gray', ` (since ${dayTime(at)}${by === null ? '' : ` by ${plain(by)}`})`)
}

function buildWords({ jobId, state, kind, submittedBy, failure }: Build): string {
  const by = submittedBy === null ? '' : ` by ${plain(submittedBy)}`
  return `${stateWord(state)}  job ${jobId} (${plain(kind)}${by})${failure === null ? '' : `: ${plain(failure.message)}`}`
}

function snapshotTable({ kept }: ArtifactDetail): string {
  if (kept.length === 0) return ''
  const header = ['  SNAPSHOT', 'PUBLISHED', 'JOB', 'SIZE', 'READ BY', 'BUILT FROM'].map((title) => paint('gray', title))
  const rows = kept.map((snapshot) => [
    `  ${snapshot.number}${snapshot.isCurrent ? paint('green', ' ✓ current') : ''}`,
    dayTime(snapshot.publishedAt),
    String(snapshot.jobId),
    sizeOf(snapshot),
    snapshot.readers.map(({ program, pid }) => `${plain(program)} (${pid})`).join(', ') || '–',
    plain(snapshot.fingerprint ?? '–'),
  ])
  return table([header, ...rows])
}

/** What is not to be seen in the table above it. */
function eventLines(events: readonly ArtifactEvent[]): string {
  const told = events.filter(({ name }) => name === 'rolled back' || name === 'rolled forward').slice(0, shownEvents)
  return told
    .map(({ at, name, number, before, by, text }) => {
      const who = by === null ? '' : ` by ${plain(by)}`
      const why = text === null ? '' : `: “${plain(text)}”`
      return `  ${paint('gray', dayTime(at))}  ${name} from ${before ?? 'nothing'} to ${number}${who}${why}`
    })
    .join('\n')
}

function suggestions({ name, current, kept, last, condition }: ArtifactDetail, flags: string): string {
  const canGoBack = current !== null && kept.some(({ number }) => number < current.number)
  return [
    condition === 'failed' && last ? `Why it failed: holdfast show ${last.jobId}${flags}` : '',
    canGoBack ? `Go back: holdfast artifact roll-back ${name}${flags}` : '',
  ]
    .filter((line) => line !== '')
    .map((line) => paint('gray', `  ${line}`))
    .join('\n')
}
