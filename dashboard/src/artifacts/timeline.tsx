// Snapshots newest first, with what else happened between them. What came to nothing is a dashed node.
import type { ArtifactDetail } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { bytes } from '../../../src/views/amounts.ts'
import { count, fullTime, time } from '../../../src/views/format.ts'
import { Icon, type IconName } from '../../../src/views/icon.tsx'
import { kindTitles } from '../client.ts'
import { clock } from '../live.ts'
import { link } from '../place.ts'
import { type May, useMay } from '../role.tsx'
import { endingOf } from './artifact-words.ts'
import { Differences } from './differences.tsx'
import { differences } from './fingerprint.ts'
import { type KeptSnapshot, type TimelineItem, timelineItems } from './timeline-items.ts'

export interface TimelineProps {
  artifact: ArtifactDetail
  onMove: (to: number) => void
}

export function Timeline({ artifact, onMove }: TimelineProps) {
  const items = timelineItems(artifact)
  const may = useMay('operator', 'roll back')
  return (
    <section class="card panel" aria-labelledby="snapshots">
      <header>
        <h2 id="snapshots">Snapshots</h2>
        <span class="push quiet">readers see the current one, always whole</span>
      </header>
      {may.reason}
      {items.length === 0 ? (
        <p class="soft">Nothing has happened yet. The first job that succeeds publishes snapshot 1.</p>
      ) : (
        <ol class="timeline">
          {items.map((item) => (
            <Item key={keyOf(item)} item={item} artifact={artifact} press={(to) => may.press(() => onMove(to))} />
          ))}
        </ol>
      )}
    </section>
  )
}

interface ItemProps {
  artifact: ArtifactDetail
  /** Of the button that makes this snapshot the current one. */
  press: (to: number) => ReturnType<May['press']>
}

function Item({ item, artifact, press }: ItemProps & { item: TimelineItem }) {
  if (item.type === 'snapshot') return <SnapshotItem snapshot={item.snapshot} artifact={artifact} press={press} />
  if (item.type === 'gone') return <GoneItem from={item.from} to={item.to} />
  if (item.type === 'active') return <ActiveItem item={item} />
  if (item.type === 'nothing') return <NothingItem item={item} />
  return item.type === 'moved' ? <MovedItem item={item} /> : <WantedItem item={item} />
}

function SnapshotItem({ snapshot, artifact, press }: ItemProps & { snapshot: KeptSnapshot }) {
  const { number, isCurrent, files, readers, seededFrom, jobId, kind, submittedBy } = snapshot
  const current = artifact.current?.number ?? 0
  const title = kind === null ? '' : ` ${kindTitles.value.get(kind) ?? kind}`
  const facts = [
    `${bytes(snapshot.bytes)}, ${files === 1 ? '1 file' : `${count(files)} files`}.`,
    seededFrom !== null && `Began as a copy of ${seededFrom}.`,
    readers.length > 0 && `Read by ${readers.length === 1 ? '1 program' : `${count(readers.length)} programs`}.`,
    !isCurrent && snapshot.replacedAt === null && 'Never was current: what was asked for later had been published already.',
  ]
  return (
    <li class={isCurrent ? 'current' : undefined}>
      <span class="node">{number}</span>
      <div class="t">
        <b>Snapshot {number}</b>
        {isCurrent && (
          <span class="pill" data-state="running">
            <Icon name="check" />
            Current
          </span>
        )}
      </div>
      <p>
        Published <When at={snapshot.publishedAt} /> by{' '}
        <a href={link(`jobs/${jobId}`)}>
          #{jobId}
          {title}
        </a>
        {submittedBy !== null && (
          <>
            {' '}
            for <bdi>{submittedBy}</bdi>
          </>
        )}
        . {facts.filter(Boolean).join(' ')} <BuiltFrom snapshot={snapshot} artifact={artifact} />
      </p>
      {!isCurrent && (
        <div class="acts">
          <button type="button" class="btn small" {...press(number)}>
            {number < current ? 'Roll back' : 'Roll forward'} to {number}…
          </button>
        </div>
      )}
    </li>
  )
}

/** What it has that the current one has not; the current one's fingerprint stands beside the timeline. */
function BuiltFrom({ snapshot, artifact: { current } }: { snapshot: KeptSnapshot; artifact: ArtifactDetail }) {
  if (snapshot.isCurrent || !snapshot.fingerprint || !current?.fingerprint) return null
  const other = differences(current.fingerprint, snapshot.fingerprint)
  if (other.length === 0) return <>Built from the same.</>
  if (other.some(({ name }) => name === null)) return <>Built from something else.</>
  const told = other.slice(0, 3).map(({ name, to }) => `${name} ${to ?? 'nothing'}`)
  return (
    <>
      Built with <code>{told.join(', ')}</code>
      {other.length > told.length && ` and ${other.length - told.length} more`}.
    </>
  )
}

function ActiveItem({ item: { build } }: { item: Extract<TimelineItem, { type: 'active' }> }) {
  const waits = build.state === 'queued'
  return (
    <Dashed
      icon={waits ? 'queued' : 'running'}
      state={waits ? 'queued' : 'running'}
      title={<JobName id={build.jobId} words={waits ? 'is queued' : 'builds it now'} />}
    >
      Asked for <When at={build.submittedAt} />
      {build.submittedBy !== null && (
        <>
          {' '}
          by <bdi>{build.submittedBy}</bdi>
        </>
      )}
      .
    </Dashed>
  )
}

function NothingItem({ item: { build, at } }: { item: Extract<TimelineItem, { type: 'nothing' }> }) {
  const isBad = build.state === 'failed'
  const looks = { failed: 'cross', interrupted: 'broken', cancelled: 'slash' } as const
  const icon = build.state in looks ? looks[build.state as keyof typeof looks] : 'clock'
  return (
    <Dashed
      icon={icon}
      state={isBad ? 'failed' : build.state === 'interrupted' ? 'interrupted' : 'queued'}
      title={<JobName id={build.jobId} words={endingOf(build) ?? build.state} />}
    >
      <When at={at} capital />. Nothing was published.{' '}
      {build.failure !== null && build.state !== 'cancelled' && <bdi>“{build.failure.message}”</bdi>}
    </Dashed>
  )
}

function MovedItem({ item: { event } }: { item: Extract<TimelineItem, { type: 'moved' }> }) {
  const { name, number, before, by, text } = event
  const words = name === 'rolled back' ? 'Rolled back' : 'Rolled forward'
  return (
    <Dashed
      icon="undo"
      state="queued"
      title={before === null ? `${words} to ${number}` : `${words} from ${before} to ${number}`}
      mirrored={name === 'rolled forward'}
    >
      <When at={event.at} capital />
      <By who={by} />. {text !== null && <bdi>“{text}”</bdi>}
    </Dashed>
  )
}

function WantedItem({ item: { event, changes, before } }: { item: Extract<TimelineItem, { type: 'wanted' }> }) {
  const title = event.text === null ? 'Nothing in particular is wanted any more' : 'What is wanted changed'
  return (
    <Dashed icon="required" state="queued" title={title}>
      <When at={event.at} capital />
      <By who={event.by} />
      {changes > 1 && `, after ${changes - 1} earlier ${changes === 2 ? 'change' : 'changes'}`}.{' '}
      {event.text !== null &&
        (before === null ? <code class="one-line">{event.text}</code> : <Differences of={differences(before, event.text)} most={3} />)}
    </Dashed>
  )
}

function GoneItem({ from, to }: { from: number; to: number }) {
  return (
    <li class="gone">
      <span class="node">{to}</span>
      <div class="t">
        <b>{from === to ? `Snapshot ${to}` : `Snapshots ${from} to ${to}`}</b>
      </div>
      <p>Kept no longer. What is current or read is always kept.</p>
    </li>
  )
}

interface DashedProps {
  icon: IconName
  state: 'failed' | 'queued' | 'running' | 'interrupted'
  title: ComponentChildren
  mirrored?: boolean
  children: ComponentChildren
}

function Dashed({ icon, state, title, mirrored = false, children }: DashedProps) {
  return (
    <li class="nothing" data-state={state}>
      <span class={mirrored ? 'node mirrored' : 'node'}>
        <Icon name={icon} />
      </span>
      <div class="t">
        <b>{title}</b>
      </div>
      <p>{children}</p>
    </li>
  )
}

function JobName({ id, words }: { id: number; words: string }) {
  return (
    <>
      <a href={link(`jobs/${id}`)}>#{id}</a> {words}
    </>
  )
}

function By({ who }: { who: string | null }) {
  return who === null ? null : (
    <>
      {' '}
      by <bdi>{who}</bdi>
    </>
  )
}

function When({ at, capital = false }: { at: number; capital?: boolean }) {
  const words = time(at, clock.value)
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {capital ? `At ${words}` : words}
    </time>
  )
}

function keyOf(item: TimelineItem): string {
  if (item.type === 'snapshot') return `snapshot ${item.snapshot.number}`
  if (item.type === 'active' || item.type === 'nothing') return `job ${item.build.jobId}`
  return item.type === 'gone' ? `gone ${item.to}` : `${item.type} ${item.at} ${item.event.number}`
}
