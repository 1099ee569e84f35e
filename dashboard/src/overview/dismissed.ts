// What somebody has seen and dismissed in this browser. Works, unremembered, where storage is forbidden.
import { signal } from '@preact/signals'

const key = 'holdfast.dismissed'
/** Newest last; what is older than a day is not shown anyway. */
const most = 200

export const dismissed = signal<ReadonlySet<string>>(new Set(read()))

export function dismiss(what: string): void {
  const kept = [...dismissed.value, what].slice(-most)
  dismissed.value = new Set(kept)
  try {
    localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // Private windows and full storage: it lasts as long as the page.
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === 'string') : []
  } catch {
    return []
  }
}
