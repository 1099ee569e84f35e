// Ends a request with a page that says why, and leads back (`failures.ts`).
import { HTTPException } from 'hono/http-exception'

export function refuse(status: 403 | 404 | 422, message: string): never {
  throw new HTTPException(status, { message })
}
