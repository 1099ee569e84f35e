// A line or more of text, a number, a day, an instant, a secret.
import { useLayoutEffect, useRef } from 'preact/hooks'
import { none } from './drafts.ts'
import type { InputProps } from './field-props.ts'
import { isDay, isoOf, isSecondLocally, localOf } from './instants.ts'
import type { Shape } from './schema-fields.ts'

type TextShape = Extract<Shape, { is: 'text' | 'number' }>

export function TextInput({ field, draft, id, about, shape, onChange }: InputProps & { shape: TextShape }) {
  const text = draft.as === 'text' ? draft.text : ''
  // Emptied, what need not be given is not given.
  const type = (typed: string) => onChange(typed === '' && !field.isRequired ? none : { as: 'text', text: typed })
  const given = { ...about, id, autocomplete: 'off' as const, spellcheck: false }
  const placeholder = field.fallback === undefined || field.fallback === null ? undefined : String(field.fallback)
  if (shape.is === 'text') {
    if (shape.format === 'plain' && text.includes('\n')) return <ManyLines text={text} given={given} type={type} />
    if (shape.format === 'secret')
      return (
        <input type="password" {...given} autocomplete="new-password" value={text} onInput={(event) => type(event.currentTarget.value)} />
      )
    if (shape.format === 'date' && isDay(text))
      return <input type="date" {...given} value={text} onInput={(event) => type(event.currentTarget.value)} />
    if (shape.format === 'date-time' && isSecondLocally(text))
      return (
        <input
          type="datetime-local"
          step={1}
          {...given}
          value={localOf(text)}
          onInput={(event) => type(isoOf(event.currentTarget.value))}
        />
      )
  }
  return (
    <input
      type="text"
      {...given}
      inputMode={modeOf(shape)}
      placeholder={placeholder}
      value={text}
      onInput={(event) => type(event.currentTarget.value)}
      onPaste={(event) => {
        const pasted = event.clipboardData?.getData('text/plain') ?? ''
        if (shape.is === 'number' || shape.format !== 'plain' || !pasted.trimEnd().includes('\n')) return
        // A field of one line would drop the ends of the others.
        event.preventDefault()
        const { selectionStart, selectionEnd } = event.currentTarget
        type(text.slice(0, selectionStart ?? 0) + pasted + text.slice(selectionEnd ?? text.length))
      }}
    />
  )
}

interface ManyLinesProps {
  text: string
  given: { id: string }
  type(text: string): void
}

function ManyLines({ text, given, type }: ManyLinesProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  // It comes in the place of the field that text was pasted into.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) area.current?.focus()
  }, [])
  return (
    <textarea
      ref={area}
      {...given}
      rows={Math.min(12, text.split('\n').length + 1)}
      value={text}
      onInput={(event) => type(event.currentTarget.value)}
    />
  )
}

function modeOf(shape: TextShape): 'decimal' | 'text' | 'url' | 'email' {
  if (shape.is === 'number') return 'decimal'
  return shape.format === 'uri' ? 'url' : shape.format === 'email' ? 'email' : 'text'
}
