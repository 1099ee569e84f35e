// The one question before something happens. The safe answer comes first, has the focus, and Esc takes it.
import { type ComponentChildren, createRef } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { useOwnId } from './use-own-id.ts'

export interface QuestionProps {
  title: ComponentChildren
  words?: string
  verb: string
  safe: string
  danger?: boolean
  onYes: () => void
  onClose: () => void
}

export function Question({ title, words, verb, safe, danger = false, onYes, onClose }: QuestionProps) {
  const id = useOwnId()
  const dialog = useMemo(() => createRef<HTMLDialogElement>(), [])
  useEffect(() => dialog.current?.showModal(), [dialog])
  // Closing it, not just leaving it away, gives the focus back to where it was.
  const close = () => dialog.current?.close()
  const yes = () => {
    close()
    onYes()
  }
  return (
    <dialog class="dialog" part="dialog" ref={dialog} aria-labelledby={id} aria-describedby={words && `${id}-words`} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {words && <p id={`${id}-words`}>{words}</p>}
      <div class="acts">
        <button type="button" class="btn" onClick={close}>
          {safe}
        </button>
        <button type="button" class={danger ? 'btn solid-bad' : 'btn primary'} onClick={yes}>
          {verb}
        </button>
      </div>
    </dialog>
  )
}
