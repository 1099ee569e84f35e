// Names that are the same in every run: who called, from the stack; which file, without the numbers in its path.
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = new URL('../../../src/', import.meta.url).href
const sourcePath = fileURLToPath(source)
const data = process.env.CRASH_DATA ?? '/'

/** `file.function` of the innermost of our own frames that has a name; null: the call is none of ours. */
export function callerOf(): string | null {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = 40
  Error.prepareStackTrace = (_, sites) => sites
  const sites = new Error().stack as unknown as NodeJS.CallSite[]
  Error.prepareStackTrace = prepareStackTrace
  Error.stackTraceLimit = stackTraceLimit
  let ours: string | null = null
  for (const site of sites) {
    const file = site.getFileName()
    if (!file || !(file.startsWith(source) || file.startsWith(sourcePath))) continue
    const name = site.getFunctionName()
    ours ??= basename(file, '.ts')
    if (name) return `${basename(file, '.ts')}.${name.replace(/^Object\.|^async /, '')}`
  }
  return ours
}

/** Its path within the data folder, with N for whatever differs from run to run. */
export function labelOf(path: unknown): string {
  const text = String(path)
  const within = text.startsWith(data) ? text.slice(data.length + 1) : text.startsWith('/') ? `/…/${basename(text)}` : text
  return within
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'N')
    .replace(/\b\d+-\d+-[\w]+/g, 'N')
    .replace(/(?<=[./-])\d+\b/g, 'N')
}
