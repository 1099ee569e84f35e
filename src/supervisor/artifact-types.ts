// The readers' side of artifacts as types. Knows no implementation.
import type { ArtifactDetail, ArtifactView, Snapshot } from '../core/artifact.ts'
import type { By } from '../core/views.ts'

/** A snapshot that is being read: kept for as long as it is open, whatever is published meanwhile. */
export interface OpenSnapshot extends Snapshot, Disposable {
  /** Milliseconds since it was published. */
  readonly ageMs: number
  /** Absolute path of a file in it. @throws HoldfastError `invalid_request` for a path that leads out */
  file(path: string): string
  /** Done reading. The same as leaving a `using` block; once is enough. */
  close(): void
}

export interface RollBackOptions extends By {
  /** Number of the snapshot to make current, older or newer. Default: the newest one before the current one. */
  to?: number
  /** Also all that its job published with it, at the same instant. Default false: only this artifact. */
  together?: boolean
  /** Why, for those who come after. */
  reason?: string
}

/** A named output. */
export interface Artifact {
  readonly name: string
  /**
   * The snapshot that readers should use, or null before the first. From memory where nothing has happened since it was read: cheap enough for every
   * request. Its folder stays for at least ten minutes after another one took its place; who reads for longer opens it.
   */
  current(): Promise<Snapshot | null>
  /**
   * Opens the current snapshot, or the one with this number, for reading; null where there is none. It is not removed until it is closed, or this
   * process is gone.
   *
   * @example
   * using index = await holdfast.artifact('watch-index').open()
   * const text = index && (await readFile(index.file('index.json'), 'utf8'))
   */
  open(number?: number): Promise<OpenSnapshot | null>
  /** All kept snapshots, newest first. */
  snapshots(): Promise<Snapshot[]>
  /** All that is known of it; null where no kind declares it, no job ever built it and nobody ever wanted it. */
  detail(): Promise<ArtifactDetail | null>
  /**
   * Says what the current snapshot should be built from. Where that is not so it is `required`, until a job has published one with this fingerprint.
   * Nothing is started by this. Remembered; null: nothing in particular. @throws HoldfastError `invalid_request`
   */
  want(fingerprint: string | null, by?: By): Promise<ArtifactView>
  /** Makes another kept snapshot the current one. @throws HoldfastError `artifact_not_found`, `snapshot_not_found`, `wrong_state` where there is none to go back to */
  rollBack(options?: RollBackOptions): Promise<Snapshot>
  /** Calls back soon after another snapshot became the current one. Returns the way to stop. */
  onChange(listener: () => void): () => void
}

/** What an app makes of its artifacts and keeps in memory. */
export interface ArtifactContext<T> {
  /** Made of the current snapshots, once for each; null as long as one of them has none. @throws what `load` threw, when there is none to go on with */
  get(): Promise<T | null>
  /** How often something was loaded. */
  loads(): number
  /** Done: the snapshots may go. */
  close(): void
}

type OpenedAll<Names extends readonly string[]> = { [Index in keyof Names]: OpenSnapshot | null }
/** What `load` is given: one for each name. */
export type LoadedAll<Names extends readonly string[]> = { [Index in keyof Names]: OpenSnapshot }

export interface Artifacts {
  /** All that a kind of this program declares, that a job ever built, or that somebody wants. By name. */
  list(): Promise<ArtifactView[]>
  /** Opens several at one instant: what one job published together is read together. */
  open<const Names extends readonly string[]>(names: Names): Promise<OpenedAll<Names>>
  /**
   * What `load` makes of the current snapshots, kept in memory and made anew on the first `get` after others became current. As long as a new one cannot be
   * loaded, the last one is used.
   *
   * @example
   * const index = holdfast.artifacts.context(['watch-index', 'taste-profile'], async ([index, taste]) => readBoth(index.path, taste.path))
   * app.get('/', async (c) => c.json(recommend(await index.get())))
   */
  context<const Names extends readonly string[], T>(names: Names, load: (snapshots: LoadedAll<Names>) => Promise<T> | T): ArtifactContext<T>
}
