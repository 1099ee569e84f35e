// The public names of holdfast/http, one by one.

export type { Logger } from '../supervisor/logger.ts'
export type { Authorize, Authorized } from './access/recognise.ts'
export { createHandler, type Handler, type HandlerOptions } from './create-handler.ts'
export { type Fetch, type Listening, type ListenOptions, listen } from './listen.ts'
