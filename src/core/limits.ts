// Every bound of the product, each with its reason. Numbers only.

export const limits = {
  /** Jobs a list page may hold; what a table on a screen can carry. */
  listPage: 200,
  /** Jobs that one page of a list looks at, where no index has the whole filter: some milliseconds at the most. */
  listLooked: 10_000,
  /** Active jobs that are told together with all that is going on; beyond them there is the list. */
  activityActive: 50,
  /** And jobs that settled last. */
  activitySettled: 20,
  /** Jobs, and kinds, and artifacts, that one look may ask for by name. */
  activityJobs: 100,
  activityKinds: 50,
  activityArtifacts: 50,
  /** Waiting jobs that one look at what is going on goes through, newest first. Where more wait, those that are ready are found by their index. */
  queuedLooked: 1_000,
  /** Doors (a kind of a queue) behind which ready jobs are looked for. */
  doorsLooked: 200,
  /** Jobs of a kind, newest first, that tell how it stands … */
  kindLooked: 60,
  /** … and where too few of those have settled. */
  kindLookedFurther: 1_000,
  /** Jobs of a kind, newest first, among which those of a unique key are looked for: a millisecond. */
  keyLooked: 2_000,
  /** Settled jobs of a kind that are told, for a small chart. */
  kindRecent: 30,
  /** Running jobs that are told with the runners that look after them. */
  runnersJobs: 1_000,
  /** Jobs of the last day that are counted for a start page; beyond them it says so many. */
  dayCounted: 100_000,
  /** Jobs that settled within this time are counted anew each time. */
  countRecentMs: 60_000,
  /** Counting all others is remembered where it took longer than this. */
  countSlowMs: 5,
  /** And for so many times as long as it took: counting takes a hundredth of the time at the most. */
  countTimes: 100,
  /** Characters of an input or result that a list carries along; a page of 200 stays under 2 MB. */
  listedValue: 4_096,
  /** Log lines a page may hold; about 20 MB of text at the longest. */
  logPage: 5_000,
  /** Characters of a line that are served unless the whole is asked for. */
  logLineServed: 4_096,
  /** Bytes of a line; a longer one goes on in the next numbered line. */
  logLineBytes: 65_536,
  /** Bytes one block of lines describes; small enough to read a page without reading the file. */
  logBlockBytes: 65_536,
  /** Blocks written in one batch: 4 MiB of log, some milliseconds of database. */
  logBlocksPerBatch: 64,
  /** Bytes of a job's log that are kept on the disk unless its kind says otherwise; the beginning and the end of it. */
  logBytes: 268_435_456,
  /** Least bytes of log to keep: less would be no log. */
  logBytesLeast: 1_048_576,
  /** Holes are punched into logs in steps of this, or a sixteenth of what is kept: each is a process of some milliseconds. */
  punchBytes: 16_777_216,
  /** And never in smaller ones. */
  punchBytesLeast: 65_536,
  /** Blocks that one batch takes out of a log that is too long. */
  droppedBlocks: 1_000,
  /** Bytes of the events file that may have been taken over and still be on the disk. */
  eventsKeptBytes: 67_108_864,
  /** How often a process tree is measured. */
  telemetryMs: 5_000,
  /** How often a process tree with limits is measured: how far it can get beyond them. */
  limitLookMs: 1_000,
  /** Between the polite request and the kill, for a tree that uses more than it may. */
  limitGraceMs: 1_000,
  /** Longest pause before processes that cannot be killed are tried again. */
  stopAgainMs: 30_000,
  /** Samples kept of an attempt; when there are more, every two become one. */
  telemetrySamples: 240,
  /** Bytes of a stream that are read in one turn: a few milliseconds. Whoever is behind goes on with the next turn. */
  logReadBytes: 2_097_152,
  /** Time between two batches of one job's log while it writes without a rest. 20 a second is live to the eye. */
  logFlushMs: 50,
  /** A line that comes so long after the last batch is stored at once. */
  logRestMs: 10,
  /** A line that grows and does not end is a sign of life, and looked at, so often. */
  signOfLifeMs: 1_000,
  /** Characters of a text that is searched for. */
  searchText: 200,
  /** Blocks whose text is read in one go, when they lie side by side. */
  readBackBytes: 1_048_576,
  /** Bytes of log that one search looks through before it says how far it came. */
  searchBytes: 8_388_608,
  /** And blocks: each small one costs a read of its own. */
  searchBlocks: 4_000,
  /** Logs of which it is remembered where each part of their text begins; some hundred bytes for each, and 30 for each MiB. */
  measuredLogs: 32,
  /** Bytes of events that are parsed in one turn, unless one alone is longer. */
  eventsTurnBytes: 262_144,
  /** How long the record of a start may wait for the first lines, or the end, to go with it. Whoever comes after a kill in between finds the process by its mark. */
  begunMs: 25,
  /** Bytes of the events file read in one go; also the longest event line that is understood: a whole result and a little. */
  eventsReadBytes: 2_097_152,
  /** Bytes of log that one attempt of an inline handler may write; its text is in the database, where every reader of the job's row pays for it. */
  inlineLogBytes: 1_048_576,
  /** Bytes kept of what an inline handler threw, beyond those. */
  inlineThrownBytes: 65_536,
  /** Longest that closing waits for inline handlers, however long their grace is. */
  closeGraceMs: 10_000,
  /** Phases remembered per job; the oldest are forgotten. */
  phases: 100,
  /** Characters of phase names, units and progress messages. */
  progressText: 300,
  /** Characters of a failure's one line. */
  failureMessage: 200,
  /** Lines of the log kept with a failure. */
  failureLines: 10,
  /** Last lines of each stream that a failure's line is chosen from: a stack overflow in Java has 1,024 frames. */
  failureRead: 1_100,
  /** Bytes of a job's input, and of its result. */
  inputBytes: 1_048_576,
  /** Characters of kind, name and key. */
  name: 200,
  /** A runner that has not renewed its lease for so long is frozen or gone. */
  leaseMs: 30_000,
  /** How often the facts of a silent job are looked at again. */
  stalledFactsMs: 15_000,
  /** Between the two looks at a process that a person asks for: long enough to tell busy from idle. */
  checkMs: 300,
  /** Silences after which a stall policy is carried out, where it sets no time of its own. */
  stallLimitTimes: 5,
  /** Past jobs of a kind that its usual time is taken from. */
  pastJobs: 10,
  /** How long what is usual for a kind is remembered. */
  usualMs: 10_000,
  /** How often a runner renews; three misses are allowed. */
  leaseRenewMs: 8_000,
  /** Backstop behind the doorbell: a lost wake-up costs at most this. */
  pollMs: 1_000,
  /** The same trouble is told once in it, with how often it came: a poll that fails each time must not fill the disk. */
  sameTroubleMs: 60_000,
  /** Troubles that are remembered for that; the oldest is told anew. */
  troubles: 200,
  /** Looks at what rings by itself as well: for a ring that was lost. */
  backstopMs: 5_000,
  /** Longest wait for SQLite's lock inside one turn of the event loop is zero; between tries at most this, with jitter. */
  busyRetryMs: 20,
  /** A caller's request gives up on a locked database after this. */
  callerBusyMs: 30_000,
  /** A lock that keeps our own writes waiting for so long is told as trouble; whoever writes properly holds it for milliseconds. */
  lockToldMs: 5_000,
  /** Jobs a runner executes at the same time by default. */
  slots: 4,
  /** Attempt folders kept ready, so that a start needs no helper process. */
  foldersReady: 8,
  /** Between the polite request to stop and the kill. */
  stopGraceMs: 10_000,
  /** Rounds of looking for survivors after the kill before the tree is called unkillable for now. */
  killRounds: 100,
  /** Of these, rounds in a row in which nobody is seen who could be killed. */
  killRoundsBlind: 10,
  /** And rounds in a row in which nobody is seen who was not killed before: four seconds. */
  killRoundsStuck: 20,
  /** The starter has so long to answer, or to end; then it is killed, and the runner starts the command itself. */
  starterMs: 5_000,
  /** Starters that a runner tries in its life. */
  starterBoots: 3,
  /** Entries of an artifact's folder. */
  artifactEntries: 100_000,
  /** Bytes of a path inside an artifact: below some other folder it still has room. */
  artifactPath: 1_024,
  /** Snapshots kept per artifact besides the current one, unless the app says otherwise. */
  snapshotsKept: 4,
  /** Artifacts one job may publish. */
  artifactsOfJob: 100,
  /** Artifacts a list holds. */
  artifacts: 1_000,
  /** What happened to an artifact, kept and shown: a year of a roll back or a wish every few days. */
  artifactEvents: 100,
  /** Jobs for an artifact that are looked at: which one builds it, and how the last one ended. */
  artifactBuilds: 20,
  /** Characters of a fingerprint. */
  fingerprint: 4_096,
  /** A reader on another machine says so often that it lives. */
  pinRenewMs: 60_000,
  /** And is taken for gone when it has not for so long. One on this machine is looked at instead. */
  pinLeaseMs: 600_000,
  /** Longest that an app's look at an output may take. */
  validateMs: 600_000,
  /** How often a runner tidies up besides. */
  sweepMs: 3_600_000,
  /** How long closing waits for a database that another process holds. */
  closeMs: 2_000,
  /** Files that are looked at or synced at the same time. */
  filesAtOnce: 16,
  /** Runners, or whatever took a job's processes away unseen, that a job may outlive before it is given up as poison. */
  interruptions: 3,
  /** Jobs submitted in one call. One transaction; tens of milliseconds. */
  bulk: 1_000,
  /** Lock keys and needed jobs of all jobs submitted in one call: about a tenth of a second of database. */
  bulkTies: 5_000,
  /** Lock keys of one job. */
  locks: 16,
  /** Largest limit of a key, and of a queue's concurrency. */
  keyLimit: 1_000,
  /** Jobs that one job may wait for. */
  after: 1_000,
  /** Attempts that a retry policy may ask for. */
  attempts: 100,
  /** Longest delay between attempts, and longest snooze. */
  retryDelayMs: 30 * 86_400_000,
  /** Shortest snooze: it counts as no attempt, so nothing else bounds how often it comes. */
  snoozeMs: 1_000,
  /** Ready jobs that one claim pass looks at. */
  readyLooked: 64,
  /** Flagged lock keys that one claim pass sees to. */
  keysWoken: 16,
  /** Jobs at the head of a flagged key's line that one claim pass wakes. */
  parkedWoken: 16,
  /** Due, expired or dependent jobs that one batch promotes. */
  promoted: 100,
  /** A schedule that fires later than this was missed. */
  scheduleLateMs: 60_000,
  /** Schedules a list holds. */
  schedules: 1_000,
  /** How often a runner tidies up settled jobs. */
  pruneMs: 60_000,
  /** The start-once latch of a removed job stays so long: no runner is frozen for longer on the way to its start. */
  latchKeepMs: 3_600_000,
  /** Settled jobs removed in one batch. */
  prunedPerBatch: 200,
  /** Job numbers named in what a job waits for. */
  waitingNamed: 10,
  /** A snapshot is kept at least so long after it was replaced, for readers that still hold its path. */
  snapshotKeepMs: 600_000,
  /** Least characters of a password. */
  passwordLeast: 10,
  /** Most: hashing it takes memory and time. */
  password: 1_000,
  /** Users, and tokens of programs. */
  users: 1_000,
  /** Browsers that one user is signed in with; the oldest is signed out. */
  sessionsPerUser: 50,
  /** Somebody who is signed in stays so for so long after his last visit. */
  sessionMs: 30 * 86_400_000,
  /** How often it is written down that a token was used. */
  tokenUsedMs: 60_000,
  /** How long an answer about a token is believed: another process may have revoked it. */
  tokenSeenMs: 10_000,
  /** Tokens remembered so. */
  tokensSeen: 1_000,
  /** Targets of notifications; each is asked for at every end of a job. */
  notificationTargets: 50,
  /** Notifications that wait for one target; beyond that the oldest are dropped, and counted. */
  notificationsWaiting: 1_000,
  /** Characters of what is known of a job, in a notification. */
  notificationText: 1_000,
  /** Characters of a command that stands for a name. */
  notificationName: 80,
  /** Of a job that goes silent again and again somebody is told once in so long. */
  stallToldMs: 3_600_000,
  /** One try to send a notification. */
  notifyMs: 10_000,
  /** Whoever sends a notification has so long to say what became of it; then somebody else sends it. */
  notifyLeaseMs: 60_000,
  /** Bytes read of what a target answers. */
  notifyAnswerBytes: 16_384,
  /** Characters of that which are kept and shown. */
  notifyAnswerShown: 500,
  /** Characters of a secret; what is shorter would be found in every text. */
  secretLeast: 6,
  /** A longer one is refused. */
  secretCharacters: 8_192,
  /** Of all secrets together: what they look like in every form has to be in memory. */
  secretsCharacters: 65_536,
  /** Secrets that a process looks for. */
  secrets: 200,
  /** How often it is looked at most whether there is something to send. */
  notifyLookMs: 250,
} as const
