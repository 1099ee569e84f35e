// Single keys for what the page's buttons do. Never inside a field, never with a modifier, never over a dialog.
import { useEffect, useRef } from 'preact/hooks'

export function useShortcuts(keys: Record<string, () => unknown>): void {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]') !== null) return
      if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]') !== null) return
      current.current[event.key]?.()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
