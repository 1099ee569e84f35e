// The keys of the list: from row to row, and choosing the one that has the focus.
import type { Job } from 'holdfast/client'
import { useShortcuts } from '../shortcuts.ts'
import type { Selection } from './selection.ts'

export function useListKeys(page: readonly Job[], selection: Selection): void {
  const choose = () => {
    const id = Number(rows()[focused()]?.dataset.id)
    const job = page.find((each) => each.id === id)
    if (job !== undefined) selection.toggle(job)
  }
  useShortcuts('The list', [
    { keys: 'j', words: 'Next or previous job', press: () => step(1) },
    { keys: 'k', words: 'Next or previous job', press: () => step(-1) },
    { keys: 'x', words: 'Choose the job, or not', press: choose },
    { keys: 'X', words: 'Choose none', press: selection.clear },
  ])
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.jobs tr[data-id]')]
}

/** -1: none of them. */
function focused(): number {
  return rows().findIndex((row) => row.contains(document.activeElement))
}

function step(by: 1 | -1): void {
  const all = rows()
  const from = focused()
  const next = from === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + by))
  all[next]?.querySelector<HTMLElement>('.name a')?.focus()
}
