// One error class and one table of codes. The code is stable, the sentence is not.

/** code → HTTP status, CLI exit code and what the reader can do. The docs are tested against this table. */
export const errorCodes = {
  invalid_input: { status: 422, exit: 2, help: 'Correct the named field and submit again.' },
  invalid_request: { status: 400, exit: 2, help: 'Correct the named parameter.' },
  invalid_config: { status: 500, exit: 125, help: 'Correct the named option.' },
  unknown_kind: { status: 404, exit: 3, help: 'Use one of the kinds the app defines; GET /api/v1/kinds lists them.' },
  job_not_found: { status: 404, exit: 3, help: 'Look at the list of jobs; retention may have removed it.' },
  schedule_not_found: { status: 404, exit: 3, help: 'Look at the list of schedules.' },
  queue_not_found: { status: 404, exit: 3, help: 'Look at the list of queues; a queue is there from its first job.' },
  artifact_not_found: { status: 404, exit: 3, help: 'Look at the list of artifacts.' },
  snapshot_not_found: { status: 404, exit: 3, help: 'Look at the artifact: it names the snapshots that are kept.' },
  notification_not_found: { status: 404, exit: 3, help: 'Look at the list of notification targets.' },
  not_found: { status: 404, exit: 3, help: 'Look at /openapi.json for the routes there are.' },
  active_exists: { status: 409, exit: 4, help: 'Wait for the active job, or cancel it.' },
  wrong_state: { status: 409, exit: 4, help: 'Look at how it stands: what you asked for needs another state.' },
  forbidden: {
    status: 403,
    exit: 5,
    help: 'Send the request from the page itself, or from a program that sends no Origin. A proxy in between must pass on Host as the browser sent it, with its port (nginx: $http_host).',
  },
  sign_in_required: {
    status: 401,
    exit: 5,
    help: 'Sign in, or send a token: authorization: Bearer hf_… (HOLDFAST_TOKEN for the command and the Python client).',
  },
  wrong_password: { status: 401, exit: 5, help: 'Try again. A password can be set anew by an admin: holdfast user password NAME.' },
  not_allowed: { status: 403, exit: 5, help: 'Ask somebody who has the role that is named, or use a token that has it.' },
  not_protected: {
    status: 403,
    exit: 5,
    help: 'Open it on the machine itself, or say who may ask: `authorize` or `signIn` of createHandler, `holdfast up --sign-in`.',
  },
  too_many: { status: 429, exit: 1, help: 'Wait as long as retry-after says, then try again.' },
  user_not_found: { status: 404, exit: 3, help: 'Look at the list of users.' },
  token_not_found: { status: 404, exit: 3, help: 'Look at the list of tokens.' },
  wrong_host: {
    status: 421,
    exit: 5,
    help: 'Use a name that it answers to, or add this one: `allowedHosts` of createHandler or listen, `holdfast up --allow-host`.',
  },
  payload_too_large: { status: 413, exit: 2, help: 'Send a smaller input; put large data into a file and submit its path.' },
  range_not_satisfiable: { status: 416, exit: 2, help: 'Ask for bytes that are there; content-range says how many there are.' },
  database_busy: { status: 503, exit: 125, help: 'Another process holds the database; try again.' },
  database_unavailable: {
    status: 503,
    exit: 125,
    help: 'Look at the data folder (rights, space, whether `holdfast.db` was moved or replaced while it was open: put it back, or restart), or at the Postgres server.',
  },
  schema_too_new: {
    status: 503,
    exit: 125,
    help: 'Use the newer Holdfast that wrote these jobs, or restore the copy made before the upgrade.',
  },
  sqlite_too_old: { status: 503, exit: 125, help: 'Use Node 24.15 or newer.' },
  data_folder: { status: 503, exit: 125, help: 'Choose another folder with --data or HOLDFAST_DATA.' },
  port_in_use: { status: 503, exit: 125, help: 'Choose another port with --port.' },
  unreachable: { status: 503, exit: 6, help: 'Is the server running, and is the address right?' },
  closed: { status: 503, exit: 125, help: 'Open Holdfast again.' },
  internal: { status: 500, exit: 1, help: 'This is a fault of Holdfast. Please report it with the log.' },
} as const

export type ErrorCode = keyof typeof errorCodes

export class HoldfastError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  /** True when the same call may work later. */
  readonly retryable: boolean
  /** What the reader can do about it. */
  readonly help: string

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.details = options.details ?? {}
    this.help = errorCodes[code].help
    this.retryable =
      options.retryable ?? (code === 'database_busy' || code === 'database_unavailable' || code === 'unreachable' || code === 'too_many')
  }
}
