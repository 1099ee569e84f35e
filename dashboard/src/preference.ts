// What this browser remembers: theme, wrap, time column. Works, unremembered, where storage is forbidden.

import type { Signal } from '@preact/signals'
import { effect, signal } from '@preact/signals'

export function preference<Value extends string>(name: string, allowed: readonly Value[], fallback: Value): Signal<Value> {
  const key = `holdfast.${name}`
  const chosen = signal(allowed.find((value) => value === read(key)) ?? fallback)
  effect(() => write(key, chosen.value === fallback ? null : chosen.value))
  return chosen
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Private windows and full storage: the choice lasts as long as the page.
  }
}
