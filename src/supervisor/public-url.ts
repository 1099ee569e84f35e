// Where people find this Holdfast in their browsers, for links in what is told to the outside.
import { HoldfastError } from '../core/errors.ts'

/** Null: nobody said. @throws HoldfastError `invalid_config` */
export function checkPublicUrl(url: string | undefined, field: string): string | null {
  if (url === undefined || url === '') return null
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === '' && parsed.hash === '') return parsed.href
  throw new HoldfastError('invalid_config', `${field} must be an address such as https://jobs.example.com, without "?" and "#".`, {
    details: { field },
  })
}

/** @throws HoldfastError `invalid_config` */
export function publicUrlOfEnvironment(): string | null {
  return checkPublicUrl(process.env.HOLDFAST_PUBLIC_URL, 'HOLDFAST_PUBLIC_URL')
}
