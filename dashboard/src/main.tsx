// Starts the dashboard: theme first, then the pages under whatever prefix the server gave.
import './theme.ts'
import '../../src/views/style/tokens.css'
import '../../src/views/style/base.css'
import './style/base.css'
import './style/frame.css'
import '../../src/views/style/parts.css'
import '../../src/views/style/notes.css'
import './style/code.css'
import './style/filters.css'
import './style/table.css'
import './style/ways.css'
import './style/bulk.css'
import '../../src/views/style/dialog.css'
import './style/dialog.css'
import './style/job.css'
import '../../src/views/style/progress.css'
import './style/progress.css'
import '../../src/views/style/log.css'
import '../../src/views/style/log-tools.css'
import './style/verdict.css'
import './style/artifact.css'
import './style/pages.css'
import './style/lists.css'
import './style/form.css'
import './style/job-types.css'
import './style/overview.css'
import './style/settings.css'
import './style/sign-in.css'
import { render } from 'preact'
import { addIcons } from '../../src/views/icon.tsx'
import { more } from '../../src/views/more-icons.ts'
import { loadKinds, loadSummary, watchCounts, watchTrouble } from './client.ts'
import { Frame } from './frame.tsx'
import { JobPage } from './job/job-page.tsx'
import { JobsPage } from './jobs/jobs-page.tsx'
import { fetchRest, later } from './later.tsx'
import { NoPage } from './no-page.tsx'
import { OverviewPage } from './overview/overview-page.tsx'
import { link } from './place.ts'
import { Routes, type RoutesProps, useLocation } from './router.tsx'
import { loadSession, session } from './session.ts'

addIcons(more)

const ArtifactPage = later(async () => (await import('./artifacts/artifact-page.tsx')).ArtifactPage)
const ArtifactsPage = later(async () => (await import('./artifacts/artifacts-page.tsx')).ArtifactsPage)
const JobTypePage = later(async () => (await import('./job-types/job-type-page.tsx')).JobTypePage)
const JobTypesPage = later(async () => (await import('./job-types/job-types-page.tsx')).JobTypesPage)
const RunnersPage = later(async () => (await import('./runners/runners-page.tsx')).RunnersPage)
const SchedulesPage = later(async () => (await import('./schedules/schedules-page.tsx')).SchedulesPage)
const SettingsPage = later(async () => (await import('./settings/settings-page.tsx')).SettingsPage)
const SignInPage = later(async () => (await import('./sign-in/sign-in-page.tsx')).SignInPage)

const pages: RoutesProps['of'] = [
  ['', OverviewPage],
  ['jobs', JobsPage],
  ['jobs/:id', JobPage],
  ['artifacts', ArtifactsPage],
  ['artifacts/:name', ArtifactPage],
  ['job-types', JobTypesPage],
  ['job-types/:kind', JobTypePage],
  ['schedules', SchedulesPage],
  ['runners', RunnersPage],
  ['settings', SettingsPage],
]

/** Before anything else it has to be known who asks; without an answer the pages say themselves what is wrong. */
function Pages() {
  const { path } = useLocation()
  const who = session.value
  if (who !== null && (who.user === null || path === link('sign-in'))) return <SignInPage session={who} />
  return (
    <Frame>
      <Routes of={pages} otherwise={NoPage} />
    </Frame>
  )
}

await loadSession()
if (session.value?.user !== null) {
  void loadKinds()
  void loadSummary()
  watchCounts()
  watchTrouble()
}
const root = document.getElementById('app')
if (root !== null) render(<Pages />, root)
fetchRest()
