// What is needed now and then: errors, phases, the text itself, the whole screen, lines read out.
import type { PhaseSpan } from 'holdfast/client'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../src/views/icon.tsx'
import { announced } from './log-preferences.ts'

export interface MoreMenuProps {
  /** The log as text. */
  text: string
  phases: readonly PhaseSpan[]
  live: boolean
  onError: (by: 1 | -1) => void
  onPhase: (phase: PhaseSpan) => void
  onFull: () => void
}

export function MoreMenu({ text, phases, live, onError, onPhase, onFull }: MoreMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null)
  const close = () => {
    if (menu.current !== null) menu.current.open = false
  }
  useEffect(() => {
    const leave = ({ target }: Event) => {
      if (menu.current?.open && target instanceof Node && !menu.current.contains(target)) close()
    }
    addEventListener('pointerdown', leave)
    addEventListener('focusin', leave)
    return () => {
      removeEventListener('pointerdown', leave)
      removeEventListener('focusin', leave)
    }
  }, [])
  const leaveByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !menu.current?.open) return
    event.preventDefault()
    close()
    menu.current.querySelector('summary')?.focus()
  }
  const then = (act: () => void) => () => {
    close()
    act()
  }
  return (
    <details class="more" ref={menu} onKeyDown={leaveByKey}>
      <summary class="btn ghost small">
        <Icon name="more" />
        More
      </summary>
      <div class="more-items">
        <Item words="Next error" shortcut="e" onClick={then(() => onError(1))} />
        <Item words="Previous error" shortcut="E" onClick={then(() => onError(-1))} />
        {phases.length > 0 && (
          <fieldset>
            <legend>Where a phase began</legend>
            {phases.map((phase) => (
              <Item key={phase.startedAt} words={phase.name} onClick={then(() => onPhase(phase))} />
            ))}
          </fieldset>
        )}
        <hr />
        <a href={text}>Raw text</a>
        <a href={text} download>
          Download
        </a>
        {document.fullscreenEnabled && <Item words="Full screen" shortcut="z" onClick={then(onFull)} />}
        {live && (
          <label>
            <input
              type="checkbox"
              checked={announced.value === 'on'}
              onChange={(event) => {
                announced.value = event.currentTarget.checked ? 'on' : 'off'
              }}
            />
            Announce new lines
          </label>
        )}
      </div>
    </details>
  )
}

function Item({ words, shortcut, onClick }: { words: string; shortcut?: string; onClick: () => void }) {
  return (
    <button type="button" aria-keyshortcuts={shortcut} onClick={onClick}>
      <bdi>{words}</bdi>
      {shortcut !== undefined && <kbd>{shortcut}</kbd>}
    </button>
  )
}
