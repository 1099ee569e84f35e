// The address as the browser knows it. What proxies say of it is believed of trusted ones only. Pure.
import type { BlockList } from 'node:net'
import type { NodeEnv } from '../context.ts'
import { contains, holderOf, peerOf } from './peer.ts'

export interface Outside {
  /** Host and port, as the browser names them. */
  host: string
  isSecure: boolean
  /** Who asks, for counting tries: the client that the last trusted proxy saw. */
  from: string | null
}

export function outsideOf(request: Request, node: NodeEnv, trusted: BlockList): Outside {
  const { headers } = request
  const peer = peerOf(node)
  // A host that is none makes an address that is none.
  const url = URL.parse(request.url)
  const own = { host: headers.get('host') ?? url?.host ?? '', isSecure: url?.protocol === 'https:', from: peer && holderOf(peer) }
  if (peer === null || !contains(trusted, peer)) return own
  const proto = lastOf(headers.get('x-forwarded-proto'))
  return {
    host: lastOf(headers.get('x-forwarded-host')) ?? own.host,
    isSecure: proto === null ? own.isSecure : proto === 'https',
    from: holderOf(clientOf(headers, trusted) ?? peer),
  }
}

/** Each proxy adds whom it saw at the end; what stands further in front anybody may have written. */
function clientOf(headers: Headers, trusted: BlockList): string | null {
  const seen = (headers.get('x-forwarded-for') ?? '').split(',').map((each) => each.trim())
  return seen.findLast((address) => address !== '' && !contains(trusted, address)) ?? null
}

function lastOf(list: string | null): string | null {
  return list?.split(',').at(-1)?.trim() || null
}
