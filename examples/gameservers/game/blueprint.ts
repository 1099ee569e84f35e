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
    // A semicolon begins another command.
    const set = line.split(';').map((command) => /^\s*"?(\w+)/.exec(command)?.[1]?.toLowerCase())
    const ours = set.find((name) => name !== undefined && (name in reserved || name === 'exec'))
    if (ours !== undefined) return `Line ${index + 1}: ${ours} is set by the app, not by a blueprint.`
    const asked = /\{(\w+)\}/.exec(line)?.[1]
    if (asked !== undefined && asked !== 'name' && asked !== 'port')
      return `Line ${index + 1}: there is no {${asked}}, only {name} and {port}.`
  }
  return null
}

const filled = (template: string, { name, port }: Configured): string =>
  template.replaceAll('{name}', name.replaceAll(/["\\]/g, '')).replaceAll('{port}', String(port))

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
