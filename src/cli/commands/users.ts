// holdfast user …: who can sign in.
import type { HoldfastClient, User } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { newPassword } from '../agree.ts'
import { paint, plain, table } from '../output.ts'
import { connect, type Place, placeFlags } from '../place.ts'

export interface UserOptions extends Place {
  role?: string
}

export async function listUsers(options: Place): Promise<void> {
  await within(options, async (client, where) => {
    const users = await client.users()
    if (options.json) return console.log(JSON.stringify(users))
    if (users.length === 0) {
      console.log(`No users in ${where}. Until there is one, only this machine is let in.`)
      return console.log(paint('gray', `Add one: holdfast user add NAME --role admin${placeFlags(options)}`))
    }
    console.log(table([['NAME', 'ROLE', 'SINCE'], ...users.map(({ name, role, createdAt }) => [plain(name), role, day(createdAt)])]))
  })
}

export async function addUser(name: string, options: UserOptions): Promise<void> {
  const role = roleOf(options.role)
  await within({ ...options, mayMake: true }, async (client) => {
    told(options, await client.addUser({ name, role, password: await newPassword() }), `can sign in as ${role}`)
  })
}

export async function setRole(name: string, role: string, options: Place): Promise<void> {
  await within(options, async (client) => told(options, await client.changeUser(name, { role: roleOf(role) }), `is ${role} now`))
}

export async function setPassword(name: string, options: Place): Promise<void> {
  await within(options, async (client) => {
    told(options, await client.changeUser(name, { password: await newPassword() }), 'has a new password, and is signed out everywhere')
  })
}

export async function removeUser(name: string, options: Place): Promise<void> {
  await within(options, async (client) => {
    const left = await client.removeUser(name)
    if (options.json) console.log(JSON.stringify(left))
    else
      console.log(
        `${plain(name)} is removed. ${left.length === 0 ? 'Nobody is left: only this machine is let in.' : `${left.length} left.`}`,
      )
  })
}

export function roleOf(text: string | undefined): User['role'] {
  if (text === 'viewer' || text === 'operator' || text === 'admin') return text
  throw new HoldfastError(
    'invalid_request',
    `The role is ${text === undefined ? 'missing' : `"${text}"`}, but must be viewer, operator or admin.`,
  )
}

export async function within(options: Place, work: (client: HoldfastClient, where: string) => Promise<void>): Promise<void> {
  const { client, where, close } = await connect(options)
  try {
    await work(client, where)
  } finally {
    await close()
  }
}

export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function told({ json }: Place, user: User, what: string): void {
  console.log(json ? JSON.stringify(user) : `${plain(user.name)} ${what}.`)
}
