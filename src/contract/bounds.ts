// Every bound a caller can meet on the wire. Numbers only; the server's own bounds are in http/bounds.ts.

export const wireBounds = {
  /** Jobs a page may hold; what a table on a screen can carry. */
  listPage: 200,
  /** Jobs a page holds unless asked otherwise. */
  listPageDefault: 50,
  /** Jobs that may be named in one bulk action. */
  bulkIds: 1_000,
  /** Jobs that one job may come after. */
  after: 1_000,
  /** Jobs, kinds and artifacts that one look at what is going on may ask for by name. */
  activityJobs: 100,
  activityKinds: 50,
  activityArtifacts: 50,
  /** Log lines a page may hold; about 20 MB of text at the longest. */
  logPage: 5_000,
  /** Log lines a page holds unless asked otherwise. */
  logPageDefault: 1_000,
  /** Characters of a text that is searched for. */
  searchText: 200,
  /** Characters of a kind's name, a job's name and of who asked. */
  name: 200,
  /** Characters of a password. */
  password: 1_000,
  /** Characters of the address of a notification target. */
  url: 2_000,
  /** Characters of its secret. */
  secret: 600,
  /** Characters of what an artifact is built from. */
  fingerprint: 4_096,
} as const
