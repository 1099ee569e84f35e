// Who can sign in. There is always an admin: the server says so where somebody forgets.
import type { User } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { shortTime } from '../../../src/views/format.ts'
import { client } from '../client.ts'
import { now } from '../live.ts'
import { Choice, Field, FormDialog } from '../parts/form-dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { loadSession, session } from '../session.ts'
import { roleChoices, roleOf } from './role-words.ts'
import { useLoaded } from './use-loaded.ts'

type Open = { is: 'add' } | { is: 'change' | 'remove'; user: User } | null

export function UsersCard() {
  const { value: users, problem, show, again } = useLoaded(client.users)
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  return (
    <section class="card panel" aria-labelledby="users">
      <header>
        <h2 id="users">Users</h2>
        {users !== null && <span class="n">{users.length}</span>}
        <button type="button" class="btn push" onClick={() => setOpen({ is: 'add' })}>
          Add a user
        </button>
      </header>
      {problem !== null && <ProblemNote problem={problem} />}
      <ul class="entries">
        {users?.map((user) => (
          <li key={user.name}>
            <span class="what">
              <b>{user.name}</b>
              {user.name === session.value?.user?.name && <span class="quiet"> you</span>}
            </span>
            <span class="quiet">
              {user.role}, since {shortTime(user.createdAt, now.value)}
            </span>
            <span class="acts">
              <button type="button" class="btn small" aria-label={`Change ${user.name}`} onClick={() => setOpen({ is: 'change', user })}>
                Change
              </button>
              <button type="button" class="btn small" aria-label={`Remove ${user.name}`} onClick={() => setOpen({ is: 'remove', user })}>
                Remove
              </button>
            </span>
          </li>
        ))}
      </ul>
      {open?.is === 'add' && <AddUser isFirst={users?.length === 0} onDone={again} onClose={close} />}
      {open?.is === 'change' && <ChangeUser user={open.user} onDone={again} onClose={close} />}
      {open?.is === 'remove' && (
        <FormDialog
          title={`Remove ${open.user.name}?`}
          verb="Remove"
          danger
          words={<p>They are signed out everywhere at once. What they asked for stays as it is, with their name.</p>}
          onClose={close}
          send={() => client.removeUser(open.user.name).then(show)}
        />
      )}
    </section>
  )
}

interface DialogProps {
  onDone(): Promise<void>
  onClose(): void
}

function AddUser({ isFirst, onDone, onClose }: DialogProps & { isFirst: boolean }) {
  const add = (text: (field: string) => string) =>
    client.addUser({ name: text('name'), password: text('password'), role: roleOf(text('role')) })
  return (
    <FormDialog title="Add a user" verb="Add" onClose={onClose} send={(text) => add(text).then(onDone)}>
      <Field label="Name" name="name" autocomplete="username" />
      <Field label="Password" name="password" type="password" autocomplete="new-password" hint="At least 10 characters." />
      <Choice label="Role" name="role" value={isFirst ? 'admin' : 'operator'} options={roleChoices} />
    </FormDialog>
  )
}

function ChangeUser({ user, onDone, onClose }: DialogProps & { user: User }) {
  const change = async (text: (field: string) => string) => {
    const password = text('password')
    await client.changeUser(user.name, { role: roleOf(text('role')), ...(password !== '' && { password }) })
    // It may be oneself.
    await loadSession()
  }
  return (
    <FormDialog title={`Change ${user.name}`} verb="Change" onClose={onClose} send={(text) => change(text).then(onDone)}>
      <Choice label="Role" name="role" value={user.role} options={roleChoices} />
      <Field
        label="New password"
        name="password"
        type="password"
        required={false}
        autocomplete="new-password"
        hint="Empty: it stays. A new one signs them out everywhere."
      />
    </FormDialog>
  )
}
