// A job type in one line: condition, name, last and next time, the last thirty.
import type { ComponentChildren } from 'preact'
import type { KindActivity } from '../../client/index.ts'
import { Icon } from '../../views/icon.tsx'
import type { Aged } from '../aged-look.ts'
import { conditionLook, lastWords, nextWords } from './kind-words.ts'
import { Strip } from './strip.tsx'

export interface KindLineProps {
  kind: KindActivity
  show: ReadonlySet<string>
  busyLabel: string | null
  /** What is shown is of a time that is over; null: it is of now. */
  aged: Aged | null
  now: number
  /** The start button. */
  children?: ComponentChildren
}

export function KindLine({ kind, show, busyLabel, aged, now, children }: KindLineProps) {
  const { tone, icon, word } =
    aged === null ? conditionLook(kind, busyLabel) : { ...aged, tone: aged.icon === 'broken' ? 'interrupted' : 'queued' }
  return (
    <div class="kline" part="card" data-state={tone}>
      {show.has('condition') && (
        <span class="state" part="state" data-state={tone}>
          <Icon name={icon} />
          {word}
        </span>
      )}
      <b class="title" part="title">
        <bdi>{kind.title}</bdi>
        {kind.key !== null && (
          <span class="quiet">
            {' '}
            <bdi>{kind.key}</bdi>
          </span>
        )}
      </b>
      <span class="quiet last">
        {[show.has('last') && lastWords(kind, now), show.has('next') && nextWords(kind, now)].filter(Boolean).join(' · ')}
      </span>
      {show.has('strip') && <Strip recent={kind.recent} isActive={aged === null && kind.active?.startedAt != null} />}
      {children}
    </div>
  )
}
