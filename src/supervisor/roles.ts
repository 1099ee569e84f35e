// Who may do what, as the ways in see it: they may import the supervisor, not core.
export { type AccessToken, isRole, type Role, reaches, roles, type User, type Visitor } from '../core/access.ts'
