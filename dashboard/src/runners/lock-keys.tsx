// Lock keys that somebody holds or waits for, or that have a limit.
import type { LockKeyView } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { count } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { client } from '../client.ts'
import { JobNumbers } from '../parts/job-numbers.tsx'
import { useMay } from '../role.tsx'
import { LimitDialog } from './limit-dialog.tsx'

interface LockKeysProps {
  lockKeys: LockKeyView[]
  onChange(): Promise<void>
}

export function LockKeys({ lockKeys, onChange }: LockKeysProps) {
  const may = useMay('admin', 'limit lock keys')
  const [changing, setChanging] = useState<LockKeyView | null>(null)
  return (
    <section class="section" aria-labelledby="lock-keys">
      <header>
        <h2 id="lock-keys">
          Lock keys <span class="n">{count(lockKeys.length)}</span>
        </h2>
        {lockKeys.length > 0 && may.reason}
      </header>
      {lockKeys.length === 0 ? (
        <p class="card none">No job holds a key, and none waits for one.</p>
      ) : (
        <ul class="card lines-list">
          {lockKeys.map((lockKey) => (
            <li key={lockKey.key}>
              <span class="pill plain" data-state={lockKey.heldBy.length > 0 ? 'running' : 'queued'}>
                <Icon name="lock" />
                {lockKey.heldBy.length > 0 ? 'Held' : 'Free'}
              </span>
              <div class="what">
                <p>
                  <code>
                    <bdi>{lockKey.key}</bdi>
                  </code>
                </p>
                <p class="quiet small">{lockKey.limit === null ? 'no limit of its own' : `${count(lockKey.limit)} may share it`}</p>
              </div>
              <p class="soft">
                {lockKey.heldBy.length > 0 && (
                  <>
                    Held by <JobNumbers ids={lockKey.heldBy} />.{' '}
                  </>
                )}
                {lockKey.waiting === 0
                  ? 'Nobody waits.'
                  : lockKey.waiting === 1
                    ? 'One job waits.'
                    : `${count(lockKey.waiting)} jobs wait.`}
              </p>
              <span class="acts">
                <button type="button" class="btn small" aria-label={`Limit key ${lockKey.key}…`} {...may.press(() => setChanging(lockKey))}>
                  Limit…
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {changing !== null && (
        <LimitDialog
          title={
            <>
              How many running jobs may share <bdi>{changing.key}</bdi>?
            </>
          }
          words="It counts more than what the jobs ask for. Who holds it now keeps it."
          limit={changing.limit}
          set={(limit) => client.setLimit(changing.key, limit).then(onChange)}
          onClose={() => setChanging(null)}
        />
      )}
    </section>
  )
}
