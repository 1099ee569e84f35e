// The public names of holdfast/http, one by one.
export { createHandler, type Handler, type HandlerOptions } from './create-handler.ts'
export { type Fetch, type Listening, type ListenOptions, listen } from './listen.ts'
export type { Logger } from './logger.ts'
