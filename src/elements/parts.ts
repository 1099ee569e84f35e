// The views that come when an element first needs them, in one script: a page with a start button and an indicator alone does without.
import dialog from '../views/style/dialog.css?inline'
import notes from '../views/style/notes.css?inline'
import progress from '../views/style/progress.css?inline'
import card from './style/card.css?inline'
import floating from './style/floating.css?inline'

export { Popover, RunningLines } from './indicator/popover.tsx'
export { JobView } from './job/job-view.tsx'
export { KindView } from './kind/kind-view.tsx'
export { LogView } from './log/log-view.tsx'
export { Question } from './question.tsx'
export { RequiredView } from './required/required-view.tsx'
export { readForm } from './start/read-form.ts'
export { ToastsView } from './toasts/toasts-view.tsx'

export const css = [notes, progress, dialog, card, floating]
