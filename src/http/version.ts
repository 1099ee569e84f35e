// The version of this package, read once. The same relative path holds in src/ and in dist/.
import { readFileSync } from 'node:fs'

export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
