// Who is told of jobs that failed or went silent, and what is still to be told.

export const notifications = {
  number: 7,
  name: 'notifications',
  text: `
create table notification_targets (
  name          text    primary key,
  type          text    not null check (type in ('webhook','ntfy')),
  url           text    not null,
  secret        text,
  -- JSON lists; kinds null: of every kind.
  events        text    not null,
  kinds         text,
  created_at    integer not null,
  updated_at    integer not null,
  -- The other side asked to be left alone until then.
  held_until    integer not null default 0,
  -- It said that it is gone: nothing more is told it.
  disabled_at   integer,
  disabled_why  text,
  last_sent_at  integer,
  last_error    text,
  last_error_at integer,
  -- How many were never told: their time was over, or too many waited.
  given_up      integer not null default 0,
  dropped       integer not null default 0
);

-- What is to be told, one row for each target; removed when it was. Not tied to its target: no job may fail to settle because a target is just being removed.
create table notifications (
  id      integer primary key autoincrement,
  target  text    not null,
  event   text    not null,
  at      integer not null,
  -- The job as it was then, as JSON.
  job     text    not null,
  -- Tries that failed.
  tries   integer not null default 0,
  -- Whoever sends it moves this ahead of him, and raises the claim: nobody else sends it meanwhile.
  next_at integer not null,
  claim   integer not null default 0
);
create index notifications_due on notifications(target, next_at);

-- When somebody was last told that it is silent.
alter table jobs add column stall_told_at integer;
`,
} as const
