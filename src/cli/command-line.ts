// What the command line of an app says: where it serves and where its data is, which every app has to know, and options of its own.
import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { HoldfastError } from '../supervisor/errors.ts'

export interface CommandLineOptions<T extends ParseArgsOptionsConfig> {
  /** Told with every error, such as `npm start -- [--port NUMBER] [--data FOLDER]`. */
  usage: string
  /** Where it serves unless `--port` or the environment's `PORT` says otherwise. */
  port: number
  /** Options of the app's own, as for `parseArgs` of `node:util`. `--no-NAME` says no. */
  options?: T
  /** Words that are no options, such as a subcommand. Default: refused. */
  allowPositionals?: boolean
  /** Default: `process.argv` from the third word on. */
  argv?: string[]
  /** Default: `process.env`. */
  environment?: NodeJS.ProcessEnv
}

export interface CommandLine<T extends ParseArgsOptionsConfig> {
  /** 0 to 65535; 0: any that is free. */
  port: number
  /** As it was given; undefined: `openHoldfast` finds it. */
  data: string | undefined
  values: ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>['values']
  positionals: string[]
}

const common = { port: { type: 'string' }, data: { type: 'string' } } as const

/**
 * Reads `--port`, `--data` and an app's own options.
 * @example const { port, data } = commandLine({ usage: 'npm start -- [--port NUMBER] [--data FOLDER]', port: 4747 })
 * @throws HoldfastError `invalid_config`, with what is wrong and how the command is used
 */
export function commandLine<const T extends ParseArgsOptionsConfig = Record<never, never>>(asked: CommandLineOptions<T>): CommandLine<T> {
  const { usage, argv: args = process.argv.slice(2), environment = process.env, allowPositionals = false } = asked
  const refused = (sentence: string, cause?: unknown) => {
    return new HoldfastError('invalid_config', `${sentence} Usage: ${usage}.`, { cause })
  }
  const options = { ...asked.options, ...common }
  const { values, positionals } = parsed({ args, options, allowPositionals, allowNegative: true }, refused)
  const { port: portText, data, ...own } = values as Record<string, unknown> & { port?: string; data?: string }
  if (data === '') throw refused('The data folder has no name.')
  const port = portText ?? (environment.PORT || String(asked.port))
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw refused(`The port has to be a number from 0 to 65535, not “${port}”.`)
  return { port: Number(port), data, values: own as CommandLine<T>['values'], positionals }
}

/** Node adds a lesson on quoting to its sentence, which is about something else. */
function parsed(config: ParseArgsConfig, refused: (sentence: string, cause: unknown) => HoldfastError) {
  try {
    return parseArgs(config)
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split(/(?<=\.)\s/) : []
    throw refused(/\.$/.test(sentence) ? sentence : `${sentence}.`, error)
  }
}
