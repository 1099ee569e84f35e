// The first schema. Names chosen here stay: the same words in SQL, TypeScript, JSON, CLI and docs.
// Instants are epoch milliseconds, flags 0/1, JSON is text that no statement looks into.

export const initial = {
  number: 1,
  name: 'initial',
  text: `
create table installation (
  one             integer primary key check (one = 1),
  installation_id text    not null,
  -- The folder's own number on its disk. A copied or restored folder has another one and must not signal the original's processes.
  folder_inode    text    not null,
  created_at      integer not null
);

create table jobs (
  id            integer primary key autoincrement,
  kind          text    not null,
  name          text,
  queue         text    not null,
  state         text    not null check (state in ('queued','running','stopping','succeeded','failed','cancelled','interrupted','expired')),
  -- Why a queued job is not ready: 0 ready, 1 time, 2 key, 3 job, 4 kind paused.
  hold          integer not null default 0 check (hold between 0 and 4),
  parked_key    integer,
  -- Smaller goes first.
  priority      integer not null default 0,
  available_at  integer not null,
  expire_at     integer,
  unique_key    text,
  input         text    not null,
  spec          text    not null,
  runs_on       text    not null default '',
  fingerprint   text,
  submitted_by  text,
  submitted_at  integer not null,
  -- Grows with every claim and adoption. Whoever holds an older one writes nothing.
  lease_token   integer not null default 0,
  runner_id     text,
  -- How many were started; the number of the newest one.
  attempts      integer not null default 0,
  -- Those of them that a retry policy must not count: snoozed, or let go by a graceful shutdown.
  attempts_excused integer not null default 0,
  started_at    integer,
  finished_at   integer,
  stop_reason   text check (stop_reason in ('cancel','timeout','stall','limit','resume','shutdown','lease','replaced')),
  stop_asked_at integer,
  stop_asked_by text,
  heartbeat_at  integer,
  progress      text,
  result        text,
  exit_code     integer,
  signal        text,
  failure       text,
  log_lines     integer not null default 0,
  version       integer not null default 1,
  updated_at    integer not null,
  check (hold = 0 or state = 'queued'),
  check ((parked_key is not null) = (hold = 2)),
  check ((runner_id is not null) = (state in ('running','stopping'))),
  check (state <> 'stopping' or stop_reason is not null),
  check ((finished_at is not null) = (state in ('succeeded','failed','cancelled','interrupted','expired')))
);
-- Each index is partial and small: a million settled jobs cost a claim nothing.
create index jobs_ready  on jobs(queue, runs_on, priority, id) where state = 'queued' and hold = 0;
create index jobs_timed  on jobs(available_at)                 where state = 'queued' and hold = 1;
create index jobs_parked on jobs(parked_key, priority, id)     where hold = 2;
create unique index jobs_unique on jobs(kind, unique_key)      where unique_key is not null and state in ('queued','running','stopping');
create index jobs_kind   on jobs(kind, id);
create index jobs_state  on jobs(state, id);

create table attempts (
  job_id             integer not null references jobs(id) on delete cascade,
  attempt            integer not null,
  state              text    not null check (state in ('starting','running','ended')),
  -- Number of the protocol between runner and process (PROTOCOL.md).
  protocol           integer not null,
  -- Name of the folder under attempts/, known before anything is started.
  folder             text    not null,
  runner_id          text    not null,
  host_id            text    not null,
  boot_id            text    not null,
  pid                integer,
  -- Start time of the process as the kernel gives it; with pid and boot it names one process.
  process_started_at text,
  started_at         integer not null,
  finished_at        integer,
  adopted_at         integer,
  exit_code          integer,
  signal             text,
  -- How much of the events file has been taken over.
  events_bytes       integer not null default 0,
  said_error         text,
  -- Why it did not end well, and what stopped it, kept when a later attempt overwrites the job's.
  failure            text,
  stop_reason        text,
  primary key (job_id, attempt)
);

create table job_events (
  id      integer primary key autoincrement,
  job_id  integer not null references jobs(id) on delete cascade,
  -- The job's version with this event; one change can be several events.
  version integer not null,
  at      integer not null,
  name    text    not null,
  by      text,
  details text
);
create index job_events_job on job_events(job_id, id);

create table log_blocks (
  job_id      integer not null references jobs(id) on delete cascade,
  first_seq   integer not null,
  line_count  integer not null check (line_count > 0),
  attempt     integer not null,
  -- 1 stdout, 2 stderr, 3 system.
  stream      integer not null check (stream between 1 and 3),
  -- Which life of the file: a job can cut its own log off (> /dev/stderr), and then writes from 0 again.
  file_number integer not null default 0,
  byte_offset integer not null,
  byte_length integer not null,
  at          integer not null,
  -- The text itself, for system lines; the others stay in the file the job wrote.
  body        text,
  primary key (job_id, first_seq),
  -- Reading a file again adds nothing.
  unique (job_id, attempt, stream, file_number, byte_offset)
);

create table checkpoints (
  job_id   integer primary key references jobs(id) on delete cascade,
  attempt  integer not null,
  value    text    not null,
  saved_at integer not null
);

create table runners (
  id          text    primary key,
  host_id     text    not null,
  boot_id     text    not null,
  pid         integer not null,
  started_at  integer not null,
  lease_until integer not null
);

create table artifacts (
  name                text    primary key,
  current_snapshot_id integer,
  -- Numbers given out so far. A number is never given twice, whatever was rolled back or removed.
  snapshots_made      integer not null default 0,
  version             integer not null default 1
);

create table snapshots (
  id           integer primary key autoincrement,
  artifact     text    not null,
  number       integer not null,
  job_id       integer not null,
  attempt      integer not null,
  folder       text    not null,
  fingerprint  text,
  files        integer not null,
  bytes        integer not null,
  published_at integer not null,
  unique (artifact, number),
  unique (artifact, job_id, attempt)
);
`,
} as const
