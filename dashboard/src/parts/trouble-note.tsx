// One line above every page while the server cannot write down what happens. What is read aloud does not count the seconds.

import { capital } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { degraded } from '../client.ts'
import { isLost } from '../live.ts'

export function TroubleNote() {
  const said = isLost.value ? null : degraded.value
  return (
    <div class={said === null ? undefined : 'trouble'}>
      {said !== null && <Icon name="warn" />}
      <p>
        {said !== null && `${capital(said)}. `}
        <span role="status">{said !== null && 'Jobs run on, and what happens is recorded when it is over.'}</span>
      </p>
    </div>
  )
}
