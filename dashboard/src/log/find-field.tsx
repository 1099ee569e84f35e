// What is looked for in a log, and how far it was found: which of how many, and how much has been looked through.
import { useRef } from 'preact/hooks'
import { count, percent } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { type LogSearch, mostHits } from '../../../src/views/log/log-search.ts'

/** Its key, `/`, is pressed outside of it. */
export const findFieldId = 'find-in-log'
/** What the server looks for at most. */
const longest = 200

export interface FindFieldProps {
  search: LogSearch
  onFind: (text: string) => void
  onHit: (by: 1 | -1) => void
}

export function FindField({ search, onFind, onHit }: FindFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const press = (event: KeyboardEvent) => {
    // No line has one, and the server refuses to look for it.
    const text = (field.current?.value ?? '').replaceAll('\0', '')
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault()
      if (text === search.text.value && text !== '') onHit(event.shiftKey ? -1 : 1)
      else onFind(text)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (search.busy.value) return search.abort()
      if (field.current !== null) field.current.value = ''
      search.clear()
      field.current?.blur()
    }
  }
  const leave = () => field.current?.value === '' && search.text.value !== '' && search.clear()
  return (
    <search class="find" data-none={isWithout(search)}>
      <Icon name="search" />
      <input
        ref={field}
        id={findFieldId}
        type="text"
        maxLength={longest}
        placeholder="Find in log"
        aria-label="Find in log"
        aria-keyshortcuts="/"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        onKeyDown={press}
        onInput={leave}
      />
      <span class="found" role="status">
        {foundWords(search)}
      </span>
      {search.hits.value.length > 0 && (
        <>
          <button type="button" class="as-icon up" aria-label="Previous place (Shift+Enter)" title="Previous (N)" onClick={() => onHit(-1)}>
            <Icon name="down" />
          </button>
          <button type="button" class="as-icon" aria-label="Next place (Enter)" title="Next (n)" onClick={() => onHit(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
      {search.busy.value && <span class="looked" style={{ '--p': String(search.searched.value) }} />}
    </search>
  )
}

function isWithout({ text, hits, busy }: LogSearch): boolean {
  return text.value !== '' && hits.value.length === 0 && !busy.value
}

/** "2 of 14"; "14, 40 % searched" while it goes on. */
function foundWords({ text, hits, current, busy, searched, stopped }: LogSearch): string {
  if (text.value === '') return ''
  const { length } = hits.value
  const place = current.value === null ? -1 : hits.value.indexOf(current.value)
  const found = length === 0 ? (busy.value ? '' : 'none') : place === -1 ? count(length) : `${count(place + 1)} of ${count(length)}`
  if (busy.value) return [found, `${percent(searched.value)} searched`].filter(Boolean).join(', ')
  if (stopped.value === 'full') return `${found}, and more than ${count(mostHits - 1)}`
  if (stopped.value === 'by hand') return `${found} in ${percent(searched.value)}`
  return stopped.value === 'trouble' ? `${found}; no answer` : found
}
