// What programs show instead of a password. A token is seen once, right after it was made.
import type { AccessToken } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { ago, shortTime } from '../../../src/views/format.ts'
import { Icon } from '../../../src/views/icon.tsx'
import { client } from '../client.ts'
import { now } from '../live.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Choice, Field, FormDialog } from '../parts/form-dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { roleChoices, roleOf } from './role-words.ts'
import { useLoaded } from './use-loaded.ts'

const dayMs = 86_400_000
const lives = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'A year'],
  ['', 'For ever'],
] as const

export function TokensCard() {
  const { value: tokens, problem, show, again } = useLoaded(client.tokens)
  const [isAdding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<AccessToken | null>(null)
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  const add = async (text: (field: string) => string) => {
    const days = text('days')
    const expiresAt = days === '' ? null : Date.now() + Number(days) * dayMs
    const { name, token } = await client.addToken({ name: text('name'), role: roleOf(text('role')), expiresAt })
    setMade({ name, token })
    await again()
  }
  return (
    <section class="card panel" aria-labelledby="tokens">
      <header>
        <h2 id="tokens">Programs</h2>
        {tokens !== null && <span class="n">{tokens.length}</span>}
        <button type="button" class="btn push" onClick={() => setAdding(true)}>
          Make a token
        </button>
      </header>
      {problem !== null && <ProblemNote problem={problem} />}
      {made !== null && <Made {...made} />}
      {tokens?.length === 0 && <p class="quiet small">No program has a token. One sends it as the header authorization: Bearer …</p>}
      <ul class="entries">
        {tokens?.map((token) => (
          <li key={token.id}>
            <span class="what">
              <b>{token.name}</b>
            </span>
            <span class="quiet">{words(token, now.value)}</span>
            <span class="acts">
              <button type="button" class="btn small" aria-label={`Revoke ${token.name}`} onClick={() => setLeaving(token)}>
                Revoke
              </button>
            </span>
          </li>
        ))}
      </ul>
      {isAdding && (
        <FormDialog title="Make a token" verb="Make it" onClose={() => setAdding(false)} send={add}>
          <Field label="Name of the program" name="name" hint="Recorded with everything it asks for." />
          <Choice label="Role" name="role" value="viewer" options={roleChoices} />
          <Choice label="Works for" name="days" value="90" options={lives} />
        </FormDialog>
      )}
      {leaving !== null && (
        <FormDialog
          title={`Revoke the token of ${leaving.name}?`}
          verb="Revoke"
          danger
          words={<p>The program is not let in any more. What it has open ends within a minute.</p>}
          onClose={() => setLeaving(null)}
          send={() => client.removeToken(leaving.id).then(show)}
        />
      )}
    </section>
  )
}

function Made({ name, token }: { name: string; token: string }) {
  return (
    <div class="banner" data-state="succeeded" role="status">
      <Icon name="check" />
      <div>
        <b>The token of {name}</b>
        <p>It is told this once. Copy it now.</p>
        <code class="token">{token}</code>
      </div>
      <div class="acts">
        <CopyButton class="btn" label="Copy" text={() => token} />
      </div>
    </div>
  )
}

function words({ role, expiresAt, usedAt, createdBy }: AccessToken, at: number): string {
  const ends = expiresAt === null ? 'for ever' : expiresAt <= at ? `expired ${ago(at - expiresAt)}` : `until ${shortTime(expiresAt, at)}`
  const used = usedAt === null ? 'not used yet' : `last used ${ago(at - usedAt)}`
  return [role, ends, used, ...(createdBy === null ? [] : [`made by ${createdBy}`])].join(', ')
}
