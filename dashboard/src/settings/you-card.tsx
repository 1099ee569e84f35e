// Who one is here, and how that is known.
import type { Session } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { client, version } from '../client.ts'
import { Field, FormDialog } from '../parts/form-dialog.tsx'
import { serverUrl } from '../place.ts'
import { signOut } from '../session.ts'

export function YouCard({ session }: { session: Session }) {
  const [isChanging, setChanging] = useState(false)
  const isByPassword = session.signedInBy === 'password'
  const change = (text: (field: string) => string) =>
    client.changePassword({ password: text('password'), newPassword: text('newPassword') })
  return (
    <section class="card panel" aria-labelledby="you">
      <header>
        <h2 id="you">You</h2>
      </header>
      <p>
        <b>{session.user?.name ?? 'Whoever sits at this machine'}</b>, {session.user?.role}
      </p>
      <p class="quiet small">{howKnown(session)}</p>
      {isByPassword && (
        <p class="acts">
          <button type="button" class="btn" onClick={() => setChanging(true)}>
            Change password
          </button>
          <button type="button" class="btn" onClick={() => void signOut()}>
            Sign out
          </button>
        </p>
      )}
      <p class="quiet small about">
        Holdfast {version.value} at {serverUrl}
      </p>
      {isChanging && (
        <FormDialog title="Change your password" verb="Change" onClose={() => setChanging(false)} send={change}>
          <Field label="The one you have" name="password" type="password" autocomplete="current-password" />
          <Field
            label="The new one"
            name="newPassword"
            type="password"
            autocomplete="new-password"
            hint="At least 10 characters. Signs you out everywhere else."
          />
        </FormDialog>
      )}
    </section>
  )
}

function howKnown({ by, signedInBy, needsFirstUser }: Session): string {
  if (signedInBy === 'proxy') return 'Your proxy signed you in.'
  if (by === 'app') return 'The app that shows this page says who you are.'
  if (by === 'nobody') return 'Nothing here looks at who asks: something in front of it does.'
  if (needsFirstUser) return 'Until there is a user, whoever sits at this machine may do everything, and nobody else anything.'
  return by === 'loopback'
    ? 'Nobody signs in here: whoever sits at this machine may do everything, and nobody else anything.'
    : 'Signed in with a password.'
}
