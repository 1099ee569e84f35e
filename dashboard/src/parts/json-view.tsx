// A JSON value as coloured text. Text nodes only; a large value is cut and says so.

import type { Json } from 'holdfast/client'
import { count } from '../../../src/views/format.ts'
import { colouredCode } from './coloured-code.tsx'
import { CopyButton } from './copy-button.tsx'
import { reachable } from './reachable.ts'

const mostCharacters = 100_000

export function JsonView({ value, label }: { value: Json; label: string }) {
  const whole = JSON.stringify(value, null, 2)
  return (
    <div class="code-box">
      <pre class="code" {...reachable(label)}>
        {colouredCode(whole.slice(0, mostCharacters))}
      </pre>
      <CopyButton class="btn ghost small cp" label="Copy" text={() => whole} />
      {whole.length > mostCharacters && (
        <p class="quiet small">
          Cut after {count(mostCharacters)} of {count(whole.length)} characters; Copy takes all.
        </p>
      )}
    </div>
  )
}
