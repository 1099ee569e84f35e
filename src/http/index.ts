// The public names of holdfast/http, one by one.

export type { Logger } from '../supervisor/logger.ts'
export type { AccessOptions, SignInOptions } from './access/doorkeeper.ts'
export type { ForwardAuthOptions } from './access/forward-auth.ts'
export type { Authorize, Authorized } from './access/recognise.ts'
export { createHandler, type Handler, type HandlerOptions } from './create-handler.ts'
export { type Fetch, type Listening, type ListenOptions, listen, type Servable } from './listen.ts'
