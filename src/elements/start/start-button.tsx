// The button that starts a job, with the reason beside it while it cannot be pressed. It stays the same button whatever it says, so that it keeps the focus.
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../../views/icon.tsx'
import type { HoldfastElement } from '../element.ts'
import { useParts } from '../later.tsx'
import { Reason } from '../reason.tsx'
import { useOwnId } from '../use-own-id.ts'
import type { StartLook } from './start-look.ts'
import type { Starting } from './use-start.ts'

export interface StartButtonProps {
  host: HoldfastElement
  look: StartLook
  starting: Pick<Starting, 'press' | 'isAsked' | 'answer'>
  question: string | null
  variant: string | null
  isSmall?: boolean
  /** The reason stands beside it already. */
  isTold?: boolean
}

export function StartButton({ host, look, starting, question, variant, isSmall = false, isTold = false }: StartButtonProps) {
  const { label, why, isBusy, isDisabled, state } = look
  const id = useOwnId()
  const parts = useParts(host, question !== null)
  const [said, say] = useState('')
  // What was said of another press is over when something else is true.
  useEffect(() => say(''), [why?.words])
  const press = (event: MouseEvent) => {
    // The further clicks of a double click.
    if (event.detail > 1) return
    if (!isDisabled) return starting.press()
    if (why === null) return
    host.tell('holdfast-denied', { reason: why.words })
    // Said anew each time: pressing it asks why.
    say('')
    requestAnimationFrame(() => say(why.words))
  }
  const classes = ['btn', variantOf(look, variant), isBusy && 'busy', isSmall && 'small', state === 'loading' && 'is-loading']
  return (
    <>
      <button
        type="button"
        part="button"
        class={classes.filter(Boolean).join(' ')}
        aria-disabled={isDisabled}
        aria-busy={state === 'loading'}
        // Its text is not shown yet.
        aria-label={state === 'loading' ? label : undefined}
        aria-describedby={why === null ? undefined : id}
        onClick={press}
      >
        {isBusy && <Icon name="running" />}
        <span class="label">
          <bdi>{label}</bdi>
        </span>
      </button>
      {why !== null && !isTold && <Reason why={why} id={id} />}
      {why !== null && isTold && (
        <span class="sr" id={id}>
          {why.words}
        </span>
      )}
      <p class="sr" role="status">
        {why?.isBad ? why.words : said}
      </p>
      {starting.isAsked && parts !== null && (
        <parts.Question
          title={question}
          verb={label}
          safe="Leave it"
          onYes={() => starting.answer(true)}
          onClose={() => starting.answer(false)}
        />
      )}
    </>
  )
}

function variantOf({ isPrimary, isDisabled }: StartLook, variant: string | null): string {
  if (isDisabled) return ''
  if (variant === null) return isPrimary ? 'primary' : ''
  return { primary: 'primary', quiet: 'ghost', danger: 'danger' }[variant] ?? ''
}
