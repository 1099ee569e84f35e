// How a job type stands as colour, icon and word. Of a paused one nothing is more important, unless a job of it is under way.
import type { KindActivity } from 'holdfast/client'
import { Icon } from '../../../src/views/icon.tsx'
import { conditionLook } from './kind-words.ts'

const held = { tone: 'stalled', icon: 'pause', word: 'Paused', filled: true } as const

export function KindPill({ activity }: { activity: KindActivity }) {
  const isHeld = activity.pausedAt !== null && activity.active === null
  const { tone, icon, word, filled } = isHeld ? held : conditionLook(activity)
  return (
    <span class={filled ? 'pill' : 'pill plain'} data-state={tone}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
