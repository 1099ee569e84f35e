// Who may do what: roles in their order, and what a name and a password must be. Pure; knows no request and no hash.
import { limits } from './limits.ts'

export const roles = ['viewer', 'operator', 'admin'] as const

/** viewer sees, operator also starts and stops, admin also says who may and how much. */
export type Role = (typeof roles)[number]

/** Somebody who signs in with a password. */
export interface User {
  name: string
  role: Role
  createdAt: number
}

/** What a program shows instead of a password. The token itself is told once and not kept. */
export interface AccessToken {
  id: number
  name: string
  role: Role
  createdAt: number
  createdBy: string | null
  /** Null: never. */
  expiresAt: number | null
  /** To about a minute; null: not yet. */
  usedAt: number | null
}

/** Who asks, and how he is known. */
export interface Visitor {
  /** Null: nobody said. */
  name: string | null
  role: Role
  by: 'password' | 'token' | 'proxy' | 'app' | 'loopback'
}

export function reaches(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

export function isRole(value: unknown): value is Role {
  return roles.includes(value as Role)
}

/** What is wrong with the name of a user or token, in words behind it; null: nothing. It is shown, recorded and typed, and a part of an address. */
export function wrongUserName(name: unknown): string | null {
  // In an address they lead elsewhere: such a user could not be removed.
  if (name === '.' || name === '..') return 'must be a name, not dots'
  const isFine = typeof name === 'string' && name.length <= limits.name && /^[^\s\p{C}]+( [^\s\p{C}]+)*$/u.test(name)
  return isFine ? null : `must be a text of 1 to ${limits.name} characters, without control characters and without blanks at its ends`
}

/** What is wrong with a new password; null: nothing. Length is what makes it hard to guess; rules about characters are not. */
export function wrongPassword(password: unknown): string | null {
  if (typeof password !== 'string') return 'must be a text'
  if (password.length < limits.passwordLeast) return `must have at least ${limits.passwordLeast} characters`
  return password.length > limits.password ? `must have at most ${limits.password} characters` : null
}
