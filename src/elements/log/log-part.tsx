// What comes when a page first shows a log: its view and its style sheet.
import log from '../../views/style/log.css?inline'

export { LogPanel } from './log-panel.tsx'

export const css = [log]
