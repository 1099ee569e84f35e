// Roles as people read them.
import type { Role } from 'holdfast/client'

export const roleChoices = [
  ['viewer', 'Viewer: sees everything'],
  ['operator', 'Operator: also starts and stops'],
  ['admin', 'Admin: also settings and users'],
] as const

export const roleOf = (text: string): Role => (text === 'admin' || text === 'operator' ? text : 'viewer')
