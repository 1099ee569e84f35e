// An artifact in words: its condition, and what comes first in a list. Pure; draws nothing.
import type { ArtifactView, Build } from 'holdfast/client'

export interface ConditionLook {
  /** Which colours it has; `data-state` in the style sheet. */
  tone: 'queued' | 'running' | 'required' | 'succeeded' | 'failed'
  icon: 'queued' | 'running' | 'cross' | 'required' | 'check'
  word: string
  /** Fill is kept for what is going on or needs somebody. */
  filled: boolean
}

export function conditionLook({ condition, current, wanted, required, building }: ArtifactView): ConditionLook {
  if (condition === 'building') {
    const waits = building?.state === 'queued'
    return { tone: waits ? 'queued' : 'running', icon: waits ? 'queued' : 'running', word: waits ? 'Queued' : 'Building', filled: !waits }
  }
  if (condition === 'failed') return { tone: 'failed', icon: 'cross', word: 'Build failed', filled: true }
  if (condition === 'required')
    return { tone: 'required', icon: 'required', word: current ? 'Rebuild required' : 'Build required', filled: true }
  if (current === null) return { tone: 'queued', icon: 'queued', word: 'Never built', filled: false }
  const word = wanted !== null && !required ? 'Up to date' : condition === 'succeeded' ? 'Published' : 'Idle'
  return { tone: word === 'Idle' ? 'queued' : 'succeeded', icon: word === 'Idle' ? 'queued' : 'check', word, filled: false }
}

/** It is not what is wanted, and nobody is at it. */
export function needsSomebody({ required, building, condition }: ArtifactView): boolean {
  return building === null && (required || condition === 'failed')
}

/** What needs somebody first, then by name. */
export function inOrder(artifacts: readonly ArtifactView[]): ArtifactView[] {
  const rank = (artifact: ArtifactView) => (needsSomebody(artifact) ? 0 : 1)
  return [...artifacts].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

const endings: Partial<Record<Build['state'], string>> = {
  failed: 'failed',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
  expired: 'was not started in time',
}

/** "failed", "was cancelled"; null for a build that did not end so. */
export function endingOf({ state }: Build): string | null {
  return endings[state] ?? null
}

/** The whole list in one sentence. */
export function listSentence(artifacts: readonly ArtifactView[]): string {
  const required = artifacts.filter(({ required, building }) => required && building === null).length
  const building = artifacts.filter(({ condition }) => condition === 'building').length
  const first = building > 0 ? building : required
  if (first === 0) return 'Readers always see the last whole snapshot of each. None has to be built anew.'
  const verb = (many: number) => (many === 1 ? 'is' : 'are')
  const said = `${first} of ${artifacts.length} ${verb(first)} ${building > 0 ? 'being built' : 'not what is wanted'}`
  const also = building > 0 && required > 0 ? `, ${required} ${verb(required)} not what is wanted` : ''
  return `${said}${also}. Readers keep the last whole snapshot of each.`
}
