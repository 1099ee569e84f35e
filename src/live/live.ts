// The port: what one page knows of the jobs, with one stream for all its elements and all tabs of the browser, and silent when nothing is active.
// Knows no drawing and no framework. Every view that it gives is the same object until that view has changed.
import type {
  ActiveJob,
  Activity,
  ArtifactView,
  Connection,
  HoldfastClient,
  HoldfastClientError,
  KindActivity,
  Role,
} from '../client/index.ts'

/** What it needs of a client; whoever uses it may want more of the same. */
export type LiveClient = Pick<HoldfastClient, 'activity' | 'watchActivity' | 'logTextUrl'>

export interface Live<Client extends LiveClient = HoldfastClient> {
  readonly client: Client
  /**
   * Calls back after each change of anything below. The first subscriber starts it, and after the last one has left nothing is asked for. A page
   * that has been hidden for 30 s is not told any more until it is seen again, unless somebody wants it even then.
   */
  subscribe(onChange: () => void, options?: { evenHidden?: boolean }): () => void
  /** Looks after a job, a kind, an artifact too, until the function that is returned is called. Several may want the same. */
  want(wanted: Wanted): () => void
  /** Null before the first answer. */
  activity(): Activity | null
  /** Undefined: not known yet. Null: there is no such job, or it may not be seen. */
  job(id: number): ActiveJob | null | undefined
  kind(name: string, key?: string): KindActivity | null | undefined
  artifact(name: string): ArtifactView | null | undefined
  standing(): Standing
  /** How far the server's clock is ahead of this one, in milliseconds; 0 while that is not known. */
  aheadMs(): number
  /** Looks again now; also what a page calls that has started a job in another way. Resolves when the answer is there, and never rejects. */
  refresh(): Promise<void>
}

export interface Wanted {
  job?: number
  kind?: { name: string; key?: string }
  artifact?: string
}

/** How far what is shown can be believed. */
export interface Standing {
  /**
   * `loading`: nothing is known yet. `live`: changes are told as they come. `quiet`: nothing is active, so nothing is asked for. `lost`: the server
   * is not heard. `denied`: nobody is signed in, or he may not look; see `error`.
   */
  state: 'loading' | 'live' | 'quiet' | 'lost' | 'denied'
  /** When the server was last heard. */
  heardAt: number | null
  /** When it is tried again; null while trying, and where it is not. */
  retryAt: number | null
  error: HoldfastClientError | null
  /** What the one who looks may do; null: not known. */
  role: Role | null
  connection: Connection | null
}
