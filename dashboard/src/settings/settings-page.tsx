// Who may ask, and who is told. Saving anything here starts nothing.
import { ConnectionNote } from '../parts/connection-note.tsx'
import { session } from '../session.ts'
import { useTabSign } from '../tab-sign.ts'
import { ClosedCard } from './closed-card.tsx'
import { NotificationsCard } from './notifications-card.tsx'
import { TokensCard } from './tokens-card.tsx'
import { UsersCard } from './users-card.tsx'
import { YouCard } from './you-card.tsx'

export function SettingsPage() {
  useTabSign('Settings', null)
  const who = session.value
  if (who === null || who.user === null) return null
  const isAdmin = who.user.role === 'admin'
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Settings</h1>
          <p class="lead">
            {isAdmin
              ? 'Who may ask, and who is told. Nothing is started by what you change here.'
              : 'An admin sets who may ask and who is told.'}
          </p>
        </div>
        <div class="right">
          <ConnectionNote />
        </div>
      </header>
      <div class="settings">
        <YouCard session={who} />
        {!isAdmin && <ClosedCard title="Notifications" button="Tell somebody" what="say who is told" />}
        {!isAdmin && who.by === 'sign-in' && <ClosedCard title="Users and programs" button="Add a user" what="let others in" />}
        {isAdmin && <NotificationsCard />}
        {isAdmin && who.by === 'sign-in' && (
          <>
            <UsersCard />
            <TokensCard />
          </>
        )}
      </div>
    </>
  )
}
