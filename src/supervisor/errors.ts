// The errors as the ways in (HTTP, CLI) see them: they may import the supervisor, not core.
export { type ErrorCode, errorCodes, HoldfastError } from '../core/errors.ts'
