// The words of `holdfast user …`, `token …` and `up`: who may ask, and where it is listened. Each command is a file, loaded when it is called.
import { type Command, Option } from 'commander'
import type { UpOptions } from './commands/up.ts'

/** Makes a command with the options that say where it works. */
export type Declare = (name: string, description: string, parent?: Command) => Command

export function declareUsers(program: Command, anywhere: Declare): void {
  const user = program.command('user').description('who can sign in: list, add, remove, role, password')
  const name = 'his name'
  anywhere('list', 'who can sign in', user).action(async (options) => (await import('./commands/users.ts')).listUsers(options))
  anywhere('add', 'let somebody sign in; asks for a password, or reads it from stdin', user)
    .argument('<name>', name)
    .requiredOption('--role <role>', 'viewer, operator or admin')
    .action(async (who, options) => (await import('./commands/users.ts')).addUser(who, options))
  anywhere('role', 'give a user another role', user)
    .argument('<name>', name)
    .argument('<role>', 'viewer, operator or admin')
    .action(async (who, role, options) => (await import('./commands/users.ts')).setRole(who, role, options))
  anywhere('password', 'give a user a new password; signs him out everywhere', user)
    .argument('<name>', name)
    .action(async (who, options) => (await import('./commands/users.ts')).setPassword(who, options))
  anywhere('remove', 'let a user sign in no more', user)
    .argument('<name>', name)
    .action(async (who, options) => (await import('./commands/users.ts')).removeUser(who, options))
}

export function declareTokens(program: Command, anywhere: Declare): void {
  const token = program.command('token').description('what programs show instead of a password: list, add, remove')
  anywhere('list', 'tokens of programs', token).action(async (options) => (await import('./commands/tokens.ts')).listTokens(options))
  anywhere('add', 'make a token; it is printed once, alone on stdout', token)
    .argument('<name>', 'of the program, as it is recorded for what it asks')
    .requiredOption('--role <role>', 'viewer, operator or admin')
    .option('--expires <time>', 'after so long: 12h, 90d; never if absent')
    .action(async (name, options) => (await import('./commands/tokens.ts')).addToken(name, options))
  anywhere('remove', 'revoke a token', token)
    .argument('<number>', 'its number in the list')
    .action(async (number, options) => (await import('./commands/tokens.ts')).removeToken(number, options))
}

export function declareUp(local: Declare): void {
  const option = (flags: string, description: string, variable: string) => {
    const made = new Option(flags, description)
    // Empty is how a compose file says nothing; an empty host would be all of them.
    return process.env[variable] === '' ? made : made.env(variable)
  }
  local('up', 'look after jobs and serve the dashboard')
    .addOption(option('--port <port>', 'port; the next free one if it is taken', 'HOLDFAST_PORT').default('4747'))
    .addOption(
      option('--host <host>', "address to listen on; any but this machine's own needs sign-in", 'HOLDFAST_HOST').default('127.0.0.1'),
    )
    .addOption(flag('--sign-in', 'let nobody in who has not signed in, not even at this machine', 'HOLDFAST_SIGN_IN'))
    .addOption(option('--allow-host <names>', 'host names to answer to, separated by commas', 'HOLDFAST_ALLOWED_HOSTS'))
    .addOption(option('--trusted-proxies <addresses>', 'proxies whose X-Forwarded headers are believed', 'HOLDFAST_TRUSTED_PROXIES'))
    .addOption(option('--user-header <name>', 'header in which such a proxy names who signed in there', 'HOLDFAST_USER_HEADER'))
    .addOption(option('--groups-header <name>', 'header with his groups', 'HOLDFAST_GROUPS_HEADER'))
    .addOption(option('--group-roles <roles>', 'which role a group has: admins=admin,*=viewer', 'HOLDFAST_GROUP_ROLES'))
    .addOption(flag('--unprotected', 'look at nobody: something in front of it does', 'HOLDFAST_UNPROTECTED'))
    .action(async (options: UpOptions) => (await import('./commands/up.ts')).up(options))
}

/** Not `env` of commander: for it a flag is on as soon as there is such a variable, also one that says 0. */
function flag(name: string, description: string, variable: string): Option {
  const option = new Option(name, `${description} (env: ${variable}=1)`)
  const said = process.env[variable]
  return said === undefined ? option : option.default(said, said)
}
