// An error in place of what could not be shown: what happened, what can be done.

import type { HoldfastClientError } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { Icon } from '../../../src/views/icon.tsx'

export interface ProblemNoteProps {
  problem: HoldfastClientError
  children?: ComponentChildren
}

export function ProblemNote({ problem, children }: ProblemNoteProps) {
  // That is said above the page, where it can be mended.
  if (problem.status === 401) return null
  return (
    <section class="banner" data-state={problem.status === 404 ? 'queued' : 'failed'} role="alert">
      <Icon name={problem.status === 404 ? 'info' : 'cross'} />
      <div>
        <b>{problem.message}</b>
        {problem.hint !== null && <p>{problem.hint}</p>}
      </div>
      <div class="acts">{children}</div>
    </section>
  )
}
