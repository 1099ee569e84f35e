// All keys that work on the page now, and the switch that turns them off.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { areShortcutsOn, type Shortcut, shortcutSets } from './shortcuts.ts'

export const isHelpOpen = signal(false)

export function HelpDialog() {
  return isHelpOpen.value ? <OpenHelp /> : null
}

function OpenHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const isOn = areShortcutsOn.value === 'on'
  const sets = shortcutSets.value.map(({ current }) => current).filter(({ shortcuts }) => shortcuts.length > 0)
  return (
    <dialog
      class="dialog keys"
      ref={dialog}
      aria-labelledby="keys-title"
      onClose={() => {
        isHelpOpen.value = false
      }}
    >
      <h2 id="keys-title">Keys</h2>
      <label class="tick">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            areShortcutsOn.value = event.currentTarget.checked ? 'on' : 'off'
          }}
        />
        Single keys work here
      </label>
      {sets.map(({ title, shortcuts }, place) => (
        // Two parts of a page may be called alike.
        <section key={place} aria-label={title}>
          <h3>{title}</h3>
          <dl class={isOn ? undefined : 'off'}>
            {together(shortcuts).map(({ words, keys }) => (
              <div key={words}>
                <dt>
                  {keys.map((key, at) => (
                    <span key={key}>
                      {at > 0 && ' or '}
                      {key.split(' ').map((one) => (
                        <kbd key={one}>{nameOf(one)}</kbd>
                      ))}
                    </span>
                  ))}
                </dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <div class="acts">
        <button type="button" class="btn" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}

function nameOf(key: string): string {
  return key === ' ' ? 'Space' : key
}

/** Keys with the same words are one entry. */
function together(shortcuts: readonly Shortcut[]): { words: string; keys: string[] }[] {
  const entries: { words: string; keys: string[] }[] = []
  for (const { words, keys } of shortcuts) {
    const there = entries.find((entry) => entry.words === words)
    if (there === undefined) entries.push({ words, keys: [keys] })
    else there.keys.push(keys)
  }
  return entries
}
