// Passwords as they are kept: scrypt with a salt of their own, its costs beside it, so that they can grow. Few at a time: each takes 32 MiB.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { HoldfastError } from '../core/errors.ts'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const costs = { logN: 15, r: 8, p: 1 }
const keyBytes = 32

/** `scrypt$15$8$1$salt$hash`. @throws HoldfastError `too_many` when as many others are being hashed */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await inTurn(() => derived(password, salt, costs))
  return ['scrypt', costs.logN, costs.r, costs.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Takes as long for one who is not there (null) as for one who is. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, logN, r, p, salt = '', hash = ''] = (kept ?? nobody).split('$')
  const found = await inTurn(() => derived(password, Buffer.from(salt, 'base64url'), { logN: Number(logN), r: Number(r), p: Number(p) }))
  const expected = Buffer.from(hash, 'base64url')
  return kept !== null && expected.length === found.length && timingSafeEqual(expected, found)
}

const nobody = [
  'scrypt',
  costs.logN,
  costs.r,
  costs.p,
  Buffer.alloc(16).toString('base64url'),
  Buffer.alloc(keyBytes).toString('base64url'),
].join('$')

// One password in whatever way a keyboard makes its accents.
function derived(password: string, salt: Buffer, { logN, r, p }: typeof costs): Promise<Buffer> {
  return derive(password.normalize('NFKC'), salt, keyBytes, { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r })
}

/** Hashes at the same time, and waiting for their turn. */
const atOnce = 2
const mostWaiting = 16
let busy = 0
const waiting: (() => void)[] = []

async function inTurn<R>(work: () => Promise<R>): Promise<R> {
  if (busy >= atOnce) {
    if (waiting.length >= mostWaiting) throw new HoldfastError('too_many', 'Too many people sign in at this moment.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else busy++
  try {
    return await work()
  } finally {
    // The turn is handed on, or given back.
    const next = waiting.shift()
    if (next) next()
    else busy--
  }
}
