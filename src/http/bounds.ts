// Every bound of the server, each with its reason. Numbers only; what a caller meets in the wire itself is in contract/bounds.ts.

export const httpBounds = {
  /** Bytes of a request body. Large data belongs into a file whose path is submitted. */
  bodyBytes: 1_048_576,
  /** The same of somebody who is not known yet: a name, a password and a code. However many connections he opens, no more is kept of each. */
  strangersBodyBytes: 16_384,
  /** Bytes waiting for one event stream's reader. Beyond it we stop reading the store for it, so nothing piles up. */
  streamBufferBytes: 262_144,
  /** Characters of log lines put into one write, so that a chatty job costs one system call and not a thousand. */
  streamWriteChars: 32_768,
  /** Bytes of a job's newest lines that are kept, as frames, for all who follow it; whoever is further behind reads the log by itself. */
  tailBytes: 1_048_576,
  /** A first follower that is no further behind than so many lines is where the tail begins. */
  tailLines: 2_000,
  /** Lines that a follower who is behind reads in one go. */
  followLines: 1_000,
  /** Waking all who follow one thing takes so long for each of them … */
  wakeMsPerReader: 0.2,
  /** … so the more there are, the more changes they are told together; at most this late. */
  wakeMostMs: 100,
  /** A reader whose buffer stays full for so long is dropped; it comes back by the number of its last line. */
  streamStuckMs: 30_000,
  /** Keeps proxies from closing a quiet stream; most give up after 30 or 60 s. */
  pingMs: 15_000,
  /** What we ask browsers to wait before they reconnect. */
  reconnectMs: 2_000,
  /** Least time between two pages of the jobs stream: four a second is live to the eye. */
  jobsEventMs: 250,
  /** Least time between two views of what is going on: it holds some fifty jobs. */
  activityEventMs: 500,
  /** Least time between two views of one job; ten a second. */
  jobEventMs: 100,
  /** Least time between two views of artifacts: what happens to them is seldom, and what jobs write rings for them too. */
  artifactEventMs: 500,
  /** Who reads a snapshot rings nowhere; an artifact's stream looks so often. */
  readersLookMs: 5_000,
  /** What a caller who polls should wait while something is active. */
  pollAfterMs: 2_000,
  /** Jobs of one kind that may be queued before no more are taken over HTTP, unless the app says otherwise. */
  queuedOfKind: 10_000,
  /** Counting them is remembered for so long: it reads every queued job. */
  queuedCountMs: 1_000,
  /** Kinds whose count is remembered. */
  queuedKinds: 1_000,
  /** What a caller is told to wait when too many are queued. */
  tooManyRetryMs: 5_000,
  /** Jobs that one call cancels or tries again; some seconds. */
  bulkJobs: 10_000,
  /** With less free space the server calls itself not ready: what happens could not be written down for long. */
  leastFreeBytes: 67_108_864,
  /** A database that does not answer in this time is not ready. */
  readyMs: 2_000,
  /** Ports tried after the wanted one. */
  portTries: 20,
  /**
   * How long a connection on which nothing is asked stays open. Longer than the 60 s of nginx and most others: who closes first must not be
   * the server. With Node's 5 s an app that stood still for so long reset what had been asked of it meanwhile.
   */
  keepAliveMs: 65_000,
  /** How long close() waits for answers that are under way. */
  closeGraceMs: 5_000,
  /** Bytes of one dashboard file that are kept in memory. */
  dashboardFileBytes: 4_194_304,
  /** Wrong codes for the first user before they are refused altogether: 100 of 2^50. */
  codeTries: 100,
  /** How long a browser keeps the cookie; when it still counts, the server says. */
  sessionCookieMs: 400 * 86_400_000,
  /** How often it is asked whether the reader of an event stream still may. */
  recheckMs: 30_000,
  /** Whom a proxy signed in comes back through it after so many times; five minutes. */
  proxiedLooks: 10,
} as const
