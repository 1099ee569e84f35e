// Where a request comes from, as far as the connection itself says it. Headers are believed only of those who are trusted. Pure.
import { BlockList, isIP } from 'node:net'
import { HoldfastError } from '../../supervisor/errors.ts'
import type { NodeEnv } from '../context.ts'

const loopback = addressList(['127.0.0.0/8', '::1'])
const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

/** The other end of the connection; null where nobody told us of one. */
export function peerOf({ incoming }: NodeEnv): string | null {
  return incoming?.socket.remoteAddress ?? null
}

export function isLoopback(address: string): boolean {
  return contains(loopback, address)
}

/** A proxy on this machine makes all the world come from loopback; most say whom they speak for, and nginx unasked asks as no browser has for long: by HTTP/1.0. */
export function cameThroughProxy(headers: Headers, { incoming }: NodeEnv): boolean {
  return incoming?.httpVersion === '1.0' || proxyHeaders.some((name) => headers.has(name))
}

/** Addresses (`10.0.0.7`) and nets (`10.0.0.0/8`). @throws HoldfastError `invalid_config` that names the entry */
export function addressList(entries: readonly string[], field = 'trustedProxies'): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    if (family === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      throw new HoldfastError(
        'invalid_config',
        `${field} holds "${entry}", but must hold addresses such as 10.0.0.7 or nets such as 10.0.0.0/8.`,
      )
    list.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

/** Whose it is, for counting: one household has 2^64 addresses of v6, and some proxies write the port. */
export function holderOf(address: string): string {
  const plain = plainOf(address.replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3'))
  if (isIP(plain) !== 6) return plain
  const [head = [], tail] = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const between = tail === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...between, ...(tail ?? [])].slice(0, 4).join(':')
}

/** A v4 address that came over a v6 socket (`::ffff:10.0.0.7`) is the same one. */
export function contains(list: BlockList, address: string): boolean {
  const plain = plainOf(address)
  const family = isIP(plain)
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

function plainOf(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
