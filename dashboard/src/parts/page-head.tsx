// The head of a page: what it is called, one sentence that is true now, how things stand with the server.
import type { ComponentChildren } from 'preact'
import { ConnectionNote } from './connection-note.tsx'

export interface PageHeadProps {
  title: string
  lead?: ComponentChildren
  /** Buttons. */
  children?: ComponentChildren
}

export function PageHead({ title, lead, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div>
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      <div class="right">
        <ConnectionNote />
        {children}
      </div>
    </header>
  )
}
