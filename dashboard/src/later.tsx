// Pages that come in a file of their own: fetched when they are wanted, or when the browser has nothing else to do, so that the first page comes sooner.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../../src/views/icon.tsx'

type State<Props> = { is: 'waiting' } | { is: 'there'; Page: ComponentType<Props> } | { is: 'missing' }

const loads = new Set<() => Promise<void>>()

/** Draws nothing until the page is there; a page that cannot be fetched says so. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const state = signal<State<Props>>({ is: 'waiting' })
  let begun: Promise<void> | null = null
  const begin = () => {
    begun ??= load().then(
      (Page) => {
        state.value = { is: 'there', Page }
      },
      () => {
        state.value = { is: 'missing' }
        begun = null
      },
    )
    return begun
  }
  loads.add(begin)
  return function Later(props: Props) {
    useEffect(() => void begin(), [])
    const { value } = state
    if (value.is === 'there') return <value.Page {...props} />
    return value.is === 'missing' ? <Missing /> : null
  }
}

/** Fetches what has not been asked for yet, one after the other, when there is time. */
export function fetchRest(): void {
  const idle = window.requestIdleCallback ?? ((call: () => void) => setTimeout(call, 500))
  const rest = [...loads]
  const next = () => {
    const load = rest.shift()
    if (load) void load().then(() => idle(next))
  }
  idle(next)
}

/** The server is away, or has become another version that has other files. */
function Missing() {
  return (
    <section class="banner" data-state="failed" role="alert">
      <Icon name="cross" />
      <div>
        <b>This page could not be fetched</b>
        <p>The server cannot be reached, or it has been updated since this window was opened.</p>
      </div>
      <div class="acts">
        <button type="button" class="btn" onClick={() => location.reload()}>
          Load it again
        </button>
      </div>
    </section>
  )
}
