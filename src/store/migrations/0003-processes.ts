// What is seen of processes, and how much of their logs is kept.

export const processes = {
  number: 3,
  name: 'processes',
  text: `
-- What is to be told beside the state, in words with a space between: leftovers, killIncomplete, disconnected.
alter table jobs add column flags text not null default '';
-- What made its runner stop it, as the end of a sentence: "took longer than 10 min".
alter table jobs add column stop_why text;
-- What the process tree used, as JSON.
alter table attempts add column telemetry text;
-- How often its log files were written anew, without what was taken out of them: they have other names then. 0: never.
alter table attempts add column sealed integer not null default 0;
-- What the sealed files are short of: so many bytes from this place on.
alter table attempts add column stdout_hole_at    integer not null default 0;
alter table attempts add column stdout_hole_bytes integer not null default 0;
alter table attempts add column stderr_hole_at    integer not null default 0;
alter table attempts add column stderr_hole_bytes integer not null default 0;
-- How far each log file was taken over, and which life of it. Not read from the blocks: they may have been taken out.
alter table attempts add column stdout_file  integer not null default 0;
alter table attempts add column stdout_bytes integer not null default 0;
alter table attempts add column stderr_file  integer not null default 0;
alter table attempts add column stderr_bytes integer not null default 0;
update attempts set
  stdout_file  = coalesce((select max(file_number) from log_blocks where log_blocks.job_id = attempts.job_id and log_blocks.attempt = attempts.attempt and stream = 1), 0),
  stderr_file  = coalesce((select max(file_number) from log_blocks where log_blocks.job_id = attempts.job_id and log_blocks.attempt = attempts.attempt and stream = 2), 0);
update attempts set
  stdout_bytes = coalesce((select max(byte_offset + byte_length) from log_blocks
    where log_blocks.job_id = attempts.job_id and log_blocks.attempt = attempts.attempt and stream = 1 and file_number = stdout_file), 0),
  stderr_bytes = coalesce((select max(byte_offset + byte_length) from log_blocks
    where log_blocks.job_id = attempts.job_id and log_blocks.attempt = attempts.attempt and stream = 2 and file_number = stderr_file), 0);
-- Bytes of its log that are kept.
alter table jobs add column log_bytes integer not null default 0;
update jobs set log_bytes = coalesce((select sum(byte_length) from log_blocks where log_blocks.job_id = jobs.id and stream < 3), 0);
-- The first line that is not of the beginning of the log any more. When the log is too long, lines are taken out from here on.
alter table jobs add column log_middle integer;
-- 1: something was taken out since its files were last written anew.
alter table jobs add column log_unsealed integer not null default 0;
create index jobs_unsealed on jobs(id) where log_unsealed = 1;
-- Of a line that stands for lines that were taken out: their bytes.
alter table log_blocks add column dropped_stdout integer;
alter table log_blocks add column dropped_stderr integer;
-- A page of one stream, however little of the log it is.
create index log_blocks_stream on log_blocks(job_id, stream, first_seq);
`,
} as const
