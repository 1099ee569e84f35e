// Starts the dashboard: theme first, then the pages under whatever prefix the server gave.
import './theme.ts'
import '../../src/views/style/tokens.css'
import '../../src/views/style/base.css'
import './style/base.css'
import './style/frame.css'
import '../../src/views/style/parts.css'
import './style/code.css'
import './style/table.css'
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
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router'
import { addIcons } from '../../src/views/icon.tsx'
import { more } from '../../src/views/more-icons.ts'
import { loadKinds, loadSummary, watchCounts, watchTrouble } from './client.ts'
import { Frame } from './frame.tsx'
import { JobPage } from './job/job-page.tsx'
import { JobsPage } from './jobs/jobs-page.tsx'
import { fetchRest, later } from './later.tsx'
import { NoPage } from './no-page.tsx'
import { OverviewPage } from './overview/overview-page.tsx'
import { basePath, link } from './place.ts'
import { loadSession, session } from './session.ts'

addIcons(more)

const ArtifactPage = later(async () => (await import('./more-pages.ts')).ArtifactPage)
const ArtifactsPage = later(async () => (await import('./more-pages.ts')).ArtifactsPage)
const JobTypePage = later(async () => (await import('./more-pages.ts')).JobTypePage)
const JobTypesPage = later(async () => (await import('./more-pages.ts')).JobTypesPage)
const RunnersPage = later(async () => (await import('./more-pages.ts')).RunnersPage)
const SchedulesPage = later(async () => (await import('./more-pages.ts')).SchedulesPage)
const SettingsPage = later(async () => (await import('./more-pages.ts')).SettingsPage)
const SignInPage = later(async () => (await import('./more-pages.ts')).SignInPage)

function Dashboard() {
  return (
    <LocationProvider scope={basePath}>
      <Pages />
    </LocationProvider>
  )
}

/** Before anything else it has to be known who asks; without an answer the pages say themselves what is wrong. */
function Pages() {
  const { path } = useLocation()
  const who = session.value
  if (who !== null && (who.user === null || path === link('sign-in'))) return <SignInPage session={who} />
  return (
    <Frame>
      <Router>
        <Route path={basePath} component={OverviewPage} />
        <Route path={`${basePath}jobs`} component={JobsPage} />
        <Route path={`${basePath}jobs/:id`} component={JobPage} />
        <Route path={`${basePath}artifacts`} component={ArtifactsPage} />
        <Route path={`${basePath}artifacts/:name`} component={ArtifactPage} />
        <Route path={`${basePath}job-types`} component={JobTypesPage} />
        <Route path={`${basePath}job-types/:kind`} component={JobTypePage} />
        <Route path={`${basePath}schedules`} component={SchedulesPage} />
        <Route path={`${basePath}runners`} component={RunnersPage} />
        <Route path={`${basePath}settings`} component={SettingsPage} />
        <Route default component={NoPage} />
      </Router>
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
if (root !== null) render(<Dashboard />, root)
fetchRest()
