// Starts the dashboard: theme first, then the pages under whatever prefix the server gave.
import './theme.ts'
import './style/tokens.css'
import './style/base.css'
import './style/frame.css'
import './style/parts.css'
import './style/table.css'
import './style/dialog.css'
import './style/job.css'
import './style/progress.css'
import './style/log.css'
import './style/verdict.css'
import './style/artifact.css'
import './style/pages.css'
import { render } from 'preact'
import { LocationProvider, Route, Router } from 'preact-iso/router'
import { ArtifactPage } from './artifacts/artifact-page.tsx'
import { ArtifactsPage } from './artifacts/artifacts-page.tsx'
import { loadKinds, loadSummary, watchTrouble } from './client.ts'
import { Frame } from './frame.tsx'
import { JobPage } from './job/job-page.tsx'
import { JobsPage } from './jobs/jobs-page.tsx'
import { NoPage } from './no-page.tsx'
import { basePath } from './place.ts'

function Dashboard() {
  return (
    <LocationProvider scope={basePath}>
      <Frame>
        <Router>
          <Route path={basePath} component={JobsPage} />
          <Route path={`${basePath}jobs`} component={JobsPage} />
          <Route path={`${basePath}jobs/:id`} component={JobPage} />
          <Route path={`${basePath}artifacts`} component={ArtifactsPage} />
          <Route path={`${basePath}artifacts/:name`} component={ArtifactPage} />
          <Route default component={NoPage} />
        </Router>
      </Frame>
    </LocationProvider>
  )
}

void loadKinds()
void loadSummary()
watchTrouble()
const root = document.getElementById('app')
if (root !== null) render(<Dashboard />, root)
