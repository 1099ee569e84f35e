// The queue's whole meaning: lock keys, dependencies, queues and kinds with a pause switch, schedules, attempts that are tried again.

export const queue = {
  number: 2,
  name: 'queue',
  text: `
-- How many lock keys it has. 0 spares the looking.
alter table jobs add column locks integer not null default 0;
-- Jobs that must still succeed before it.
alter table jobs add column needs integer not null default 0;
-- It has settled, and jobs that wait for it have not all been told.
alter table jobs add column promotes integer not null default 0;
-- How often its outcome was not seen.
alter table jobs add column interruptions integer not null default 0;
-- The next attempt starts from the checkpoint.
alter table jobs add column from_checkpoint integer not null default 0;
-- Name of the schedule that asked for it.
alter table jobs add column schedule text;
-- Milliseconds after which it is given up when it has not begun, counted from when it could; expire_at is worked out then.
alter table jobs add column expire_after integer;

-- By kind before rank: jobs of kinds that are paused or that a runner does not know are stepped over whole.
drop index jobs_ready;
create index jobs_ready     on jobs(queue, kind, runs_on, priority, id) where state = 'queued' and hold = 0;
-- Only queued jobs have one of these: said by hold and expire_at alone, or SQLite would rather walk all queued ones by their state.
drop index jobs_timed;
create index jobs_timed     on jobs(available_at)       where hold = 1;
create index jobs_expiring  on jobs(expire_at)          where expire_at is not null;
create index jobs_promoting on jobs(id)                 where promotes = 1;
create index jobs_running   on jobs(queue)              where state in ('running','stopping');
create index jobs_queue     on jobs(queue, id);
create index jobs_finished  on jobs(state, finished_at, id) where finished_at is not null;
-- One may run and one newer may be queued behind it.
drop index jobs_unique;
create unique index jobs_unique_running on jobs(kind, unique_key) where unique_key is not null and state in ('running','stopping');
create unique index jobs_unique_queued  on jobs(kind, unique_key) where unique_key is not null and state = 'queued';

create table queues (
  name        text    primary key,
  -- Jobs of it that may run at a time, on all machines together; null: any number.
  concurrency integer,
  paused_at   integer,
  paused_by   text
);

create table kinds (
  name      text    primary key,
  paused_at integer,
  paused_by text
);

-- Which kinds were ever submitted to which queue: what a claim has to look through.
create table queue_kinds (
  queue text not null references queues(name),
  kind  text not null references kinds(name),
  primary key (queue, kind)
);
insert into queues (name) select distinct queue from jobs;
insert into kinds (name) select distinct kind from jobs;
insert into queue_kinds (queue, kind) select distinct queue, kind from jobs;

create table lock_keys (
  id         integer primary key autoincrement,
  name       text    not null unique,
  -- At most so many shared holders; null: any number.
  capacity   integer,
  -- A person set the capacity: what jobs ask for does not change it.
  is_set     integer not null default 0,
  -- Since when a claim pass has to look at it, because somebody left its line or let go of it.
  wake_at    integer
);
create index lock_keys_wake on lock_keys(wake_at, id) where wake_at is not null;

create table job_locks (
  job_id   integer not null references jobs(id) on delete cascade,
  key_id   integer not null references lock_keys(id),
  -- 1 shared, 2 exclusive.
  mode     integer not null check (mode in (1, 2)),
  priority integer not null,
  -- 0 not in line, 1 in line, 2 held.
  stage    integer not null default 0 check (stage in (0, 1, 2)),
  primary key (job_id, key_id)
);
create index locks_line on job_locks(key_id, priority, job_id) where stage = 1;
create index locks_excl on job_locks(key_id, priority, job_id) where stage = 1 and mode = 2;
create index locks_held on job_locks(key_id, mode, job_id)     where stage = 2;
create index locks_key  on job_locks(key_id);

create table dependencies (
  job_id       integer not null references jobs(id) on delete cascade,
  needs_job_id integer not null references jobs(id) on delete cascade,
  -- 1: the needed job has settled and this one was told.
  told         integer not null default 0,
  primary key (job_id, needs_job_id)
);
create index dependencies_untold on dependencies(needs_job_id, job_id) where told = 0;
create index dependencies_needed on dependencies(needs_job_id);

create table schedules (
  name        text    primary key,
  kind        text    not null,
  cron        text    not null,
  time_zone   text    not null,
  input       text    not null,
  missed      text    not null check (missed in ('skip','once')),
  paused_at   integer,
  paused_by   text,
  -- Null: never again.
  next_at     integer,
  last_at     integer,
  last_job_id integer,
  -- Why the last firing made no job, such as an input that the kind refuses.
  trouble     text,
  version     integer not null default 1,
  created_at  integer not null,
  updated_at  integer not null
);
create index schedules_due on schedules(next_at) where paused_at is null and next_at is not null;

-- Kinds a runner knows, as JSON: who waits for a kind that somebody else runs keeps his place in line.
alter table runners add column kinds text not null default '[]';
-- What the job said of its next attempt, as JSON.
alter table attempts add column said_next text;
`,
} as const
