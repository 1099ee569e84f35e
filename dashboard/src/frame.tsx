// What stands around every page: the rail, on phones the top bar. Shows only what exists.
import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso/router'
import { count } from '../../src/views/format.ts'
import { Icon, Mark } from '../../src/views/icon.tsx'
import { counts, isSignedOut, required, version } from './client.ts'
import { ConnectionNote } from './parts/connection-note.tsx'
import { TroubleNote } from './parts/trouble-note.tsx'
import { link } from './place.ts'
import { session, signInAgain, signOut } from './session.ts'
import { nextTheme, theme } from './theme.ts'

export function Frame({ children }: { children: ComponentChildren }) {
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <header class="topbar">
        <Brand />
        <ConnectionNote />
        <Indicator short />
        <SignOutButton />
        <ThemeButton short />
      </header>
      <div class="app">
        <aside class="rail">
          <Brand />
          <Pages />
          <div class="rail-foot">
            <Indicator />
            <Who />
            <div class="who">
              <span>{version.value === null ? '' : `Version ${version.value}`}</span>
              <ThemeButton />
            </div>
          </div>
        </aside>
        <div class="pages">
          <Pages />
        </div>
        <main class="main" id="main" tabIndex={-1}>
          <SignedOutNote />
          <TroubleNote />
          {children}
        </main>
      </div>
    </>
  )
}

/** What was there stays: whoever signs in again comes back to it. */
function SignedOutNote() {
  if (!isSignedOut.value) return null
  return (
    <section class="banner" data-state="stalled" role="alert">
      <Icon name="lock" />
      <div>
        <b>You are signed out</b>
        <p>What is shown is as of before.</p>
      </div>
      <div class="acts">
        <button type="button" class="btn" onClick={signInAgain}>
          Sign in again
        </button>
      </div>
    </section>
  )
}

/** Where people sign in, it says as whom. */
function Who() {
  const who = session.value
  if (who === null || who.user === null || who.user.name === null) return null
  return (
    <div class="who">
      <span class="who-name">
        <Icon name="user" />
        {who.user.name}
        <span class="quiet">{who.user.role}</span>
      </span>
      <SignOutButton />
    </div>
  )
}

/** Whom a proxy or the app signed in signs out there. */
function SignOutButton() {
  const who = session.value
  if (who?.signedInBy !== 'password') return null
  return (
    <button type="button" class="btn ghost" onClick={() => void signOut()} aria-label="Sign out" title={`Sign out ${who.user?.name ?? ''}`}>
      <Icon name="leave" />
    </button>
  )
}

/** In the rail, and on phones under the top bar: one of the two is shown. */
function Pages() {
  const { path } = useLocation()
  return (
    <nav aria-label="Pages">
      <a href={link('jobs')} aria-current={path === link('').replace(/(.)\/$/, '$1') ? 'page' : currentFor('jobs', path)}>
        <Icon name="jobs" />
        Jobs
      </a>
      <a href={link('artifacts')} aria-current={currentFor('artifacts', path)}>
        <Icon name="artifacts" />
        Artifacts
        {required.value > 0 && (
          <span class="count" data-state="required">
            {count(required.value)} required
          </span>
        )}
      </a>
      {session.value !== null && (
        <a href={link('settings')} aria-current={currentFor('settings', path)}>
          <Icon name="settings" />
          Settings
        </a>
      )}
    </nav>
  )
}

/** The page itself, or one of those below it. */
function currentFor(page: string, path: string): 'page' | 'true' | undefined {
  if (path === link(page)) return 'page'
  return path.startsWith(`${link(page)}/`) ? 'true' : undefined
}

export function Brand() {
  return (
    <a class="brand" href={link('jobs')}>
      <Mark />
      Holdfast
    </a>
  )
}

/** Silent when nothing runs. */
function Indicator({ short = false }: { short?: boolean }) {
  if (counts.value === null) return null
  const running = counts.value.running + counts.value.stopping
  if (running === 0) return null
  return (
    <a class="indicator" data-state="running" href={link('jobs', { state: 'running' })} aria-label={`${count(running)} running`}>
      <Icon name="running" />
      {short ? count(running) : `${count(running)} running`}
    </a>
  )
}

const themeWords = { system: 'System', light: 'Light', dark: 'Dark' }

function ThemeButton({ short = false }: { short?: boolean }) {
  const word = themeWords[theme.value]
  return (
    <button type="button" class="btn ghost small theme" onClick={nextTheme} aria-label={`Theme: ${word}. Change`} title={`Theme: ${word}`}>
      <Icon name="half" />
      {!short && word}
    </button>
  )
}
