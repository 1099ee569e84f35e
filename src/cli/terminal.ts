// holdfast/terminal: what an app's own command needs: its options, its end, and words for whoever sits before it.
export { type CommandLine, type CommandLineOptions, commandLine } from './command-line.ts'
export { runCommand, type Serving } from './run-command.ts'
export { type ShowOptions, showJob } from './show-job.ts'
export { terminalLogger } from './terminal-logger.ts'
