// Copies a text and says so in its own place.
import { useState } from 'preact/hooks'
import { Icon } from '../../../src/views/icon.tsx'

export interface CopyButtonProps {
  text: () => string | Promise<string>
  label: string
  class?: string
}

export function CopyButton({ text, label, class: className = 'btn ghost' }: CopyButtonProps) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = async () => {
    setSaid(await write(await text()))
    setTimeout(() => setSaid(null), 2_000)
  }
  return (
    <button type="button" class={className} onClick={copy}>
      <Icon name={said === 'Copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{said ?? label}</span>
    </button>
  )
}

/** The clipboard is closed to pages over plain http from another machine: then the old way. */
async function write(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    return writeBySelection(text) ? 'Copied' : 'Could not copy'
  }
}

function writeBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'sr'
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  return copied
}
