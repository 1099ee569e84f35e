// What stands around every page: the rail, on phones the top bar. Shows only what exists.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { count } from '../../src/views/format.ts'
import { Icon, Mark } from '../../src/views/icon.tsx'
import { counts, isSignedOut, stalled, version } from './client.ts'
import { useFrameShortcuts } from './frame-shortcuts.ts'
import { HelpDialog, isHelpOpen } from './help-dialog.tsx'
import { PageLinks } from './page-links.tsx'
import { ConnectionNote } from './parts/connection-note.tsx'
import { TroubleNote } from './parts/trouble-note.tsx'
import { link } from './place.ts'
import { useLocation } from './router.tsx'
import { session, signInAgain, signOut } from './session.ts'
import { nextTheme, theme } from './theme.ts'

export function Frame({ children }: { children: ComponentChildren }) {
  useFrameShortcuts()
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <header class="topbar">
        <Brand />
        <ConnectionNote />
        <Indicator short />
        <Menu />
      </header>
      <div class="app">
        <aside class="rail">
          <Brand />
          <PageLinks />
          <div class="rail-foot">
            <Indicator />
            <Foot />
          </div>
        </aside>
        <main class="main" id="main" tabIndex={-1}>
          <SignedOutNote />
          <TroubleNote />
          {children}
        </main>
      </div>
      <HelpDialog />
    </>
  )
}

/** On phones, where there is no rail. It goes as soon as one has chosen, or looks elsewhere. */
function Menu() {
  const panel = useRef<HTMLDivElement>(null)
  const { path } = useLocation()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => panel.current?.hidePopover(), [path])
  return (
    <>
      <button type="button" class="btn ghost menu-button" popovertarget="menu" aria-label="Menu">
        <Icon name="menu" />
      </button>
      <div class="menu" id="menu" popover="auto" ref={panel} onBeforeToggle={({ newState }) => setOpen(newState === 'open')}>
        {isOpen && (
          <>
            <PageLinks />
            <Foot />
          </>
        )}
      </div>
    </>
  )
}

function Foot() {
  return (
    <>
      <Who />
      <div class="who">
        <span>{version.value === null ? '' : `Version ${version.value}`}</span>
        <span class="foot-buttons">
          <button type="button" class="btn ghost small theme keys-button" onClick={showHelp}>
            Keys <kbd>?</kbd>
          </button>
          <ThemeButton />
        </span>
      </div>
    </>
  )
}

function showHelp(): void {
  isHelpOpen.value = true
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

export function Brand() {
  return (
    <a class="brand" href={link('')}>
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
  const silent = Math.min(stalled.value, running)
  const words = `${count(running)} running${silent > 0 ? `, ${count(silent)} stalled` : ''}`
  return (
    <a class="indicator" data-state={silent > 0 ? 'stalled' : 'running'} href={link('jobs', { state: 'running' })} aria-label={words}>
      <Icon name={silent > 0 ? 'warn' : 'running'} />
      {short ? count(running) : words}
    </a>
  )
}

const themeWords = { system: 'System', light: 'Light', dark: 'Dark' }

function ThemeButton() {
  const word = themeWords[theme.value]
  return (
    <button type="button" class="btn ghost small theme" onClick={nextTheme} aria-label={`Theme: ${word}. Change`} title={`Theme: ${word}`}>
      <Icon name="half" />
      {word}
    </button>
  )
}
