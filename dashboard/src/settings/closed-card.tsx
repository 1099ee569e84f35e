// What is there and not for the one who looks: he sees that it is, and who could.
import { useId } from 'preact/hooks'
import { useMay } from '../role.tsx'

export interface ClosedCardProps {
  title: string
  button: string
  what: string
}

export function ClosedCard({ title, button, what }: ClosedCardProps) {
  const id = useId()
  const may = useMay('admin', what)
  return (
    <section class="card panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="btn push" {...may.press(() => {})}>
          {button}
        </button>
      </header>
      {may.reason}
    </section>
  )
}
