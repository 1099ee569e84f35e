// A job type in one line: condition, name, last and next time, the last thirty.
import type { ComponentChildren } from 'preact'
import type { KindActivity } from '../../client/index.ts'
import { Icon } from '../../views/icon.tsx'
import { conditionLook, lastWords, nextWords } from './kind-words.ts'
import { Strip } from './strip.tsx'

export interface KindLineProps {
  kind: KindActivity
  show: ReadonlySet<string>
  busyLabel: string | null
  now: number
  /** The start button. */
  children?: ComponentChildren
}

export function KindLine({ kind, show, busyLabel, now, children }: KindLineProps) {
  const { tone, icon, word } = conditionLook(kind, busyLabel)
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
      {show.has('strip') && <Strip recent={kind.recent} isActive={kind.active?.startedAt != null} />}
      {children}
    </div>
  )
}
