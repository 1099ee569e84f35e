// The condition of an artifact as colour, icon and word.
import type { ArtifactView } from 'holdfast/client'
import { Icon } from '../../../src/views/icon.tsx'
import { conditionLook } from './artifact-words.ts'

export function ConditionPill({ artifact }: { artifact: ArtifactView }) {
  const { tone, icon, word, filled } = conditionLook(artifact)
  return (
    <span class={filled ? 'pill' : 'pill plain'} data-state={tone}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
