// The pages that are not the first ones somebody looks at: one file, fetched after the others.
export { ArtifactPage } from './artifacts/artifact-page.tsx'
export { ArtifactsPage } from './artifacts/artifacts-page.tsx'
export { JobTypePage } from './job-types/job-type-page.tsx'
export { JobTypesPage } from './job-types/job-types-page.tsx'
export { RunnersPage } from './runners/runners-page.tsx'
export { SchedulesPage } from './schedules/schedules-page.tsx'
export { SettingsPage } from './settings/settings-page.tsx'
export { SignInPage } from './sign-in/sign-in-page.tsx'
