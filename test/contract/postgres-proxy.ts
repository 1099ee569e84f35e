// Stands between a client and the server, and loses the connection at the worst moment: when a commit is on its way.
import { connect, createServer, type Socket } from 'node:net'

/** `before`: the commit never arrives. `meanwhile`: it arrives, and the client is gone while the server works on it. `after`: only its answer is lost. */
export type CommitLost = 'before' | 'meanwhile' | 'after'

export interface Proxy {
  /** The server's, through this. */
  address: string
  /** The next commit is lost so. `isLast`: and from that moment on nobody gets through. */
  lose(when: CommitLost, options?: { isLast?: boolean }): void
  /** From now on nothing passes on the connections there are, and nobody is told. */
  freeze(): void
  /** How many commits were lost. */
  lost(): number
  /** From now on nobody gets through. */
  close(): Promise<void>
  /** Lets everybody through again, at the same address. */
  reopen(): Promise<void>
}

export async function startProxy(server: string): Promise<Proxy> {
  const target = new URL(server)
  const { hostname, port } = target
  const sockets = new Set<Socket>()
  const frozen = new Set<Socket>()
  const state: { next: CommitLost | null; isLast: boolean; lost: number } = { next: null, isLast: false, lost: 0 }

  function join(client: Socket): void {
    const upstream = connect(Number(port), hostname)
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    let isAnswerLost = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (bytes) => {
      if (frozen.has(client)) return
      const when = bytes.includes('commit\0') ? state.next : null
      if (when !== 'before') upstream.write(bytes)
      if (!when) return
      if (state.isLast) shutBut([client, upstream])
      Object.assign(state, { next: null, lost: state.lost + 1 })
      if (when === 'after') isAnswerLost = true
      else if (when === 'before') cut()
      else setTimeout(cut, 30)
    })
    upstream.on('data', (bytes) => {
      if (isAnswerLost) cut()
      else if (!frozen.has(client)) client.write(bytes)
    })
  }

  function shutBut(open: readonly Socket[]): Promise<unknown> {
    const closed = new Promise((resolve) => listener.close(resolve))
    for (const socket of sockets) if (!open.includes(socket)) socket.destroy()
    return closed
  }

  const listener = createServer(join)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const at = listener.address()
  target.port = String(typeof at === 'object' ? at?.port : '')
  return {
    address: target.href,
    lose: (when, { isLast = false } = {}) => {
      Object.assign(state, { next: when, isLast })
    },
    freeze() {
      for (const socket of sockets) frozen.add(socket)
    },
    lost: () => state.lost,
    async close() {
      await shutBut([])
    },
    reopen: () => new Promise<void>((resolve) => listener.listen(Number(target.port), '127.0.0.1', resolve)),
  }
}
