// What <holdfast-kind> shows: the line of its kind, or why there is none.

import { agedLook } from '../aged-look.ts'
import { useNow } from '../clock.ts'
import type { ViewProps } from '../element.ts'
import { kindOf } from '../kind-wanted.ts'
import { Reason } from '../reason.tsx'
import { LineSkeleton } from '../skeletons.tsx'
import { asOf, deniedWhy } from '../standing-words.ts'
import { StartButton } from '../start/start-button.tsx'
import { useStartLook } from '../start/use-start-look.ts'
import { useChange, useReflected } from '../use-reflected.ts'
import { KindLine } from './kind-line.tsx'

const shownUnlessSaid = 'condition last strip start'

export function KindView({ host, live, api }: ViewProps) {
  const kind = kindOf(host, live)
  const standing = live.standing()
  const { starting, look, question } = useStartLook({ host, live, api })
  const show = new Set((host.attribute('show') ?? shownUnlessSaid).split(/\s+/))
  const now = useNow(false)
  useReflected(host, { state: look.state, stalled: kind?.condition === 'stalled', busy: look.isBusy })
  useChange(kind?.condition, (from, to) => host.tell('holdfast-condition', { from, to }))
  if (kind == null) {
    const why = standing.state === 'denied' ? deniedWhy(standing, api) : look.why
    if (why === null) return <LineSkeleton />
    return (
      <div class="kline" part="card">
        <Reason why={why} />
      </div>
    )
  }
  const isHere = show.has('start')
  const isAged = standing.state === 'lost' || standing.state === 'denied'
  return (
    <KindLine
      kind={kind}
      show={show}
      busyLabel={host.attribute('busy-label')}
      aged={isAged ? agedLook(standing, now, api) : null}
      now={asOf(standing) ?? now}
    >
      {isHere && (
        <div class="start">
          <StartButton
            host={host}
            look={look}
            isTold={kind.condition === 'active' && !isAged}
            starting={starting}
            question={question}
            variant={null}
            isSmall
          />
        </div>
      )}
      {!isHere && isAged && look.why !== null && <Reason why={look.why} />}
    </KindLine>
  )
}
