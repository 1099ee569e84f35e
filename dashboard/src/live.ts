// The page's tie to the server and its clock, which ticks once a second while somebody can see it.
import { computed, effect, signal } from '@preact/signals'
import type { Connection } from 'holdfast/client'

/** Null before the first answer, and when nothing more is to come. */
export const connection = signal<Connection | null>(null)

export function showConnection(state: Connection | null): void {
  connection.value = state
}

export const now = signal(Date.now())

export const isLost = computed(() => connection.value !== null && connection.value.state !== 'live')

/** Stands still while the server is not heard: what is shown is true as of then, and a ticking clock would lie. */
export const clock = computed(() => (isLost.value ? (connection.value?.heardAt ?? now.value) : now.value))

const tick = () => {
  if (!document.hidden) now.value = Date.now()
}
setInterval(tick, 1_000)
document.addEventListener('visibilitychange', tick)

// What is shown is the last that was known: it loses its colour and nothing turns.
effect(() => {
  if (isLost.value) document.documentElement.dataset.tie = 'lost'
  else delete document.documentElement.dataset.tie
})
