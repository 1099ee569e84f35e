// From a blueprint to the configuration of one server. What keeps a server on this machine and in our hands is ours, whatever a blueprint says.
import type { Server } from '../database.ts'

export type Configured = Pick<Server, 'name' | 'port'> & { consolePort: number; consolePassword: string; rconPassword: string }

export function configuration(template: string, server: Configured): string {
  const own = Object.entries(reserved).map(([name, value]) => `${name} ${value(server)}`)
  return [filled(template, server), '# Set by the app:', ...own, ''].join('\n')
}

/** Why a blueprint cannot be saved, in a sentence; null where it can. */
export function faultOf(template: string): string | null {
  if (template.length > 10_000) return 'A blueprint has at most 10,000 characters.'
  for (const [index, line] of template.split('\n').entries()) {
    const ours = line.trimStart().startsWith('#') ? null : reservedIn(line)
    if (ours !== null) return `Line ${index + 1}: ${ours} is set by the app, not by a blueprint.`
    const asked = /\{(\w+)\}/.exec(line)?.[1]
    if (asked !== undefined && asked !== 'name' && asked !== 'port')
      return `Line ${index + 1}: there is no {${asked}}, only {name} and {port}.`
  }
  return null
}

/** What a line sets that is ours; null: nothing. Wherever it stands: votes and toggles are commands in commands. */
export function reservedIn(line: string): string | null {
  const words = line.toLowerCase().match(/\w+/g) ?? []
  return words.find((word) => word === 'exec' || Object.hasOwn(reserved, word)) ?? null
}

const filled = (template: string, { name, port }: Configured): string =>
  template.replaceAll(/\{(name|port)\}/g, (_, asked) => (asked === 'port' ? String(port) : name.replaceAll(/["\\]/g, '')))

/** Only this machine can reach it, nobody is told of it, and only we know the way to its console. */
const reserved: Record<string, (server: Configured) => string | number> = {
  bindaddr: () => '127.0.0.1',
  sv_port: ({ port }) => port,
  sv_register: () => 0,
  sv_rcon_password: ({ rconPassword }) => rconPassword,
  ec_bindaddr: () => '127.0.0.1',
  ec_port: ({ consolePort }) => consolePort,
  ec_password: ({ consolePassword }) => consolePassword,
  ec_output_level: () => 1,
}
