// What artifacts are wanted to be built from, who builds them, who reads them, and what became of them.

export const artifacts = {
  number: 5,
  name: 'artifacts',
  text: `
-- What the current snapshot should have been built from; null: nobody said.
alter table artifacts add column wanted_fingerprint text;
alter table artifacts add column wanted_at integer;
alter table artifacts add column wanted_by text;

-- Kept after the job is removed.
alter table snapshots add column kind         text;
alter table snapshots add column submitted_by text;
-- The number of the snapshot that its folder began as a copy of.
alter table snapshots add column seeded_from  integer;
-- When another one took its place.
alter table snapshots add column replaced_at  integer;
update snapshots set
  kind         = (select kind from jobs where jobs.id = snapshots.job_id),
  submitted_by = (select submitted_by from jobs where jobs.id = snapshots.job_id),
  replaced_at  = (select min(newer.published_at) from snapshots newer where newer.artifact = snapshots.artifact and newer.number > snapshots.number);

-- Which jobs are to build which artifacts.
create table job_artifacts (
  artifact text    not null,
  job_id   integer not null references jobs(id) on delete cascade,
  primary key (artifact, job_id)
);
create index job_artifacts_job on job_artifacts(job_id);

-- Programs that read snapshots: none is removed under its reader.
create table pins (
  snapshot_id        integer not null references snapshots(id),
  -- The opened Holdfast that reads it; its process may have several.
  holder             text    not null,
  program            text    not null,
  host_id            text    not null,
  boot_id            text    not null,
  pid                integer not null,
  process_started_at text,
  pinned_at          integer not null,
  -- When the holder last said that it lives: for those on other machines.
  seen_at            integer not null,
  primary key (snapshot_id, holder)
);
create index pins_holder on pins(holder);

create table artifact_events (
  id       integer primary key autoincrement,
  artifact text    not null,
  at       integer not null,
  name     text    not null check (name in ('published','stored','rolled back','rolled forward','wanted')),
  -- The snapshot it is about, and the one that was current before.
  number   integer,
  before   integer,
  by_whom  text,
  -- The reason that was given, or the fingerprint that is wanted.
  words    text
);
create index artifact_events_newest on artifact_events(artifact, id);
`,
  sqlite: `
insert into job_artifacts (artifact, job_id) select json_each.value, jobs.id from jobs, json_each(jobs.spec, '$.artifacts');
insert into artifacts (name) select distinct artifact from job_artifacts where true on conflict (name) do nothing;
`,
  postgres: `
insert into job_artifacts (artifact, job_id) select jsonb_array_elements_text(spec::jsonb -> 'artifacts'), id from jobs;
insert into artifacts (name) select distinct artifact from job_artifacts on conflict (name) do nothing;
`,
} as const
