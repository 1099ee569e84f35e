// The log view, loaded when it is first shown: most pages have none, and need not carry it.
import type { HoldfastElement } from '../element.ts'
import { useLogParts } from '../later.tsx'
import type { LogPanelProps } from './log-panel.tsx'

export function LazyLog({ host, ...props }: LogPanelProps & { host: HoldfastElement }) {
  const parts = useLogParts(host)
  if (parts === null) return <div class="skel" role="status" aria-label="Loading the log" aria-busy="true" />
  return <parts.LogPanel {...props} />
}
