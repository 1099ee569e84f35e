// The way in: name and password, or the first user, or whom a proxy has signed in.
import type { Session } from 'holdfast/client'
import { Icon } from '../../../src/views/icon.tsx'
import { client } from '../client.ts'
import { Brand } from '../frame.tsx'
import { goOn, pageAfterSignIn, signOut } from '../session.ts'
import { useTabSign } from '../tab-sign.ts'
import { Contours } from './contours.tsx'
import { Credentials } from './credentials.tsx'

const codeInAddress = new URLSearchParams(location.hash.slice(1)).get('code') ?? ''

/** The code stands in no history and no screenshot. */
if (codeInAddress !== '') history.replaceState(history.state, '', location.pathname + location.search)

export function SignInPage({ session }: { session: Session }) {
  useTabSign(session.needsFirstUser ? 'Welcome' : 'Sign in', null)
  return (
    <div class="sign">
      <Contours />
      <main>
        <Brand />
        {session.user !== null && <SignedIn session={session} />}
        {session.by === 'sign-in' &&
          (session.needsFirstUser ? <First needsCode={session.needsCode} /> : session.user === null && <Known />)}
        {session.by !== 'sign-in' && session.user === null && <Elsewhere />}
      </main>
    </div>
  )
}

function Known() {
  return (
    <Credentials
      title={`Sign in to ${location.host}`}
      verb="Sign in"
      send={({ name, password }) => client.signIn({ name, password }).then(goOn)}
      note={
        <>
          No account? Whoever runs this Holdfast adds one with <code>holdfast user add</code>
        </>
      }
    />
  )
}

function First({ needsCode }: { needsCode: boolean }) {
  return (
    <Credentials
      title="Welcome. Who are you?"
      verb="Make the first user"
      isNew
      code={needsCode ? codeInAddress : null}
      send={({ name, password, code }) => client.makeFirstUser({ name, password, ...(needsCode && { code }) }).then(goOn)}
      note="You become the admin. From then on everybody has to sign in."
    />
  )
}

function SignedIn({ session: { user, signedInBy, needsFirstUser } }: { session: Session }) {
  const who = user?.name ?? 'whoever sits at this machine'
  return (
    <div class="card proxy">
      <Icon name="user" />
      <div>
        <b>{signedInBy === 'proxy' ? `Your proxy says you are ${who}` : `You are ${who}`}</b>
        <p class="quiet">{needsFirstUser ? 'Until there is a user, you may do everything' : `Role ${user?.role}`}</p>
      </div>
      {signedInBy === 'password' && (
        <button type="button" class="btn" onClick={() => void signOut()}>
          Sign out
        </button>
      )}
      <a class="btn" href={pageAfterSignIn()}>
        Go on
      </a>
    </div>
  )
}

function Elsewhere() {
  return (
    <div class="card elsewhere">
      <h1>You are not signed in</h1>
      <p class="quiet">The app that shows you this page says who may see it. Sign in there, and load this page again.</p>
    </div>
  )
}
