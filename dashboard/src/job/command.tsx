// A command as one would type it. One that does not fit into a few lines is folded.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { shellWords } from '../../../src/views/job-words.ts'

export function Command({ argv }: { argv: string[] }) {
  const code = useRef<HTMLElement>(null)
  const [open, setOpen] = useState(false)
  const [long, setLong] = useState(false)
  const text = shellWords(argv)
  useLayoutEffect(() => {
    if (code.current !== null && !open) setLong(code.current.scrollHeight > code.current.clientHeight + 1)
  }, [text, open])
  return (
    <>
      <code ref={code} class={open ? 'command' : 'command folded'}>
        {text}
      </code>
      {long && (
        <button type="button" class="as-link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </>
  )
}
