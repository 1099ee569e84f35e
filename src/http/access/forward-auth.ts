// People whom a proxy in front has signed in (Authelia, Authentik, oauth2-proxy): believed from its address only. Pure.
import type { BlockList } from 'node:net'
import { wireBounds } from '../../contract/bounds.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { isRole, type Role, reaches, type Visitor } from '../../supervisor/roles.ts'
import { contains } from './peer.ts'

export interface ForwardAuthOptions {
  /** Header in which the proxy names the user, such as `remote-user`. The proxy must remove it from what comes in. */
  userHeader: string
  /** Header with the user's groups, separated by commas. */
  groupsHeader?: string
  /** Which role a group has; `*`: everybody whom the proxy lets through. The highest counts; who has none is not let in. */
  roles: Readonly<Record<string, Role>>
}

export interface ForwardAuth {
  /** Null: not from such a proxy, or nobody is named. */
  visitor(headers: Headers, peer: string | null): Visitor | null
}

/** @throws HoldfastError `invalid_config` that names the option */
export function forwardAuth(trusted: BlockList, options: ForwardAuthOptions): ForwardAuth {
  const { userHeader, groupsHeader, roles } = checked(trusted, options)
  return {
    visitor(headers, peer) {
      const name = headers.get(userHeader)?.trim()
      if (!name || peer === null || !contains(trusted, peer)) return null
      const groups = groupsHeader === undefined ? [] : (headers.get(groupsHeader)?.split(',') ?? [])
      const role = highest(
        ['*', ...groups.map((group) => group.trim())].flatMap((group) => (Object.hasOwn(roles, group) ? (roles[group] ?? []) : [])),
      )
      return role === null ? null : { name: name.slice(0, wireBounds.name), role, by: 'proxy' }
    },
  }
}

function highest(roles: readonly Role[]): Role | null {
  return roles.reduce<Role | null>((best, role) => (best === null || reaches(role, best) ? role : best), null)
}

function checked(trusted: BlockList, options: ForwardAuthOptions): ForwardAuthOptions {
  if (trusted.rules.length === 0)
    throw new HoldfastError('invalid_config', 'forwardAuth needs trustedProxies: whose word counts. Anybody can send a header.')
  for (const field of ['userHeader', 'groupsHeader'] as const) {
    const header = options[field]
    if (header !== undefined && !/^[\w-]+$/.test(header))
      throw new HoldfastError(
        'invalid_config',
        `forwardAuth.${field} is ${JSON.stringify(header)}, but must be a header's name such as remote-user.`,
      )
  }
  const wrong = Object.entries(options.roles ?? {}).find(([, role]) => !isRole(role))
  if (wrong) throw new HoldfastError('invalid_config', `forwardAuth.roles.${wrong[0]} must be viewer, operator or admin.`)
  if (Object.keys(options.roles ?? {}).length === 0)
    throw new HoldfastError(
      'invalid_config',
      'forwardAuth.roles must say which group has which role, such as { admins: "admin", "*": "viewer" }.',
    )
  return options
}
