// holdfast token …: what programs show instead of a password. A token is printed once, alone on stdout.
import type { AccessToken } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { parseDuration } from '../amounts.ts'
import { plain, table } from '../output.ts'
import type { Place } from '../place.ts'
import { day, roleOf, within } from './users.ts'

export interface TokenOptions extends Place {
  role?: string
  expires?: string
}

export async function listTokens(options: Place): Promise<void> {
  await within(options, async (client, where) => {
    const tokens = await client.tokens()
    if (options.json) return console.log(JSON.stringify(tokens))
    if (tokens.length === 0) return console.log(`No tokens in ${where}.`)
    console.log(table([['TOKEN', 'NAME', 'ROLE', 'MADE', 'BY', 'EXPIRES', 'LAST USED'], ...tokens.map(row)]))
  })
}

export async function addToken(name: string, options: TokenOptions): Promise<void> {
  const role = roleOf(options.role)
  const expiresAt = options.expires === undefined ? null : Date.now() + parseDuration('--expires', options.expires)
  await within({ ...options, mayMake: true }, async (client) => {
    const made = await client.addToken({ name, role, expiresAt })
    if (options.json) return console.log(JSON.stringify(made))
    console.error(
      `The token ${made.id} of ${plain(made.name)} (${role}${expiresAt === null ? '' : `, until ${day(expiresAt)}`}). It is told this once:`,
    )
    console.log(made.token)
  })
}

export async function removeToken(text: string, options: Place): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new HoldfastError('invalid_request', `"${text}" is not the number of a token such as 3.`)
  await within(options, async (client) => {
    const left = await client.removeToken(Number(text))
    console.log(options.json ? JSON.stringify(left) : `Token ${text} is revoked.`)
  })
}

function row({ id, name, role, createdAt, createdBy, expiresAt, usedAt }: AccessToken): string[] {
  const isOver = expiresAt !== null && expiresAt <= Date.now()
  const ends = expiresAt === null ? 'never' : `${day(expiresAt)}${isOver ? ' (over)' : ''}`
  return [String(id), plain(name), role, day(createdAt), plain(createdBy ?? '–'), ends, usedAt === null ? 'not yet' : day(usedAt)]
}
