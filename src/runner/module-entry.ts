// The program that runs a module job in a process of its own: node module-entry FILE. Any exception is exit code 1, with its text on stderr.
import { pathToFileURL } from 'node:url'
import { openJobContext } from './job-context.ts'
import { saidNextOf } from './next-attempt.ts'

/** As if the signal itself had ended it. */
const stoppedExitCode = 143
const file = process.argv[2]
const context = openJobContext(process.env)

try {
  if (file === undefined) throw new Error('no module file was named')
  const module: { default?: unknown } = await import(pathToFileURL(file).href)
  if (typeof module.default !== 'function') throw new Error(`${file} has no default export that is a function`)
  const result: unknown = await module.default(context.job)
  // A handler that returns after it was asked to stop has not done its work: nothing may be published as if it had.
  if (context.job.signal.aborted) context.end(stoppedExitCode)
  else context.succeed(result)
} catch (error) {
  // A rest is no failure, and has no place in the log.
  if (saidNextOf(error)?.next !== 'snooze') console.error(error)
  if (context.job.signal.aborted) context.end(stoppedExitCode)
  else context.fail(error)
}
