// Where a resume goes on, told with the job: whether it saved a checkpoint, and how far it had got then.

export const saved = {
  number: 8,
  name: 'saved',
  text: `
-- As JSON; null: there is no checkpoint, or it is null.
alter table jobs add column saved text;
-- Of those that were saved before this, nobody wrote down how far the job had got.
update jobs set saved = (
  select '{"at":' || saved_at || ',"phase":null,"done":null,"total":null,"unit":null}' from checkpoints where job_id = jobs.id and value <> 'null'
) where id in (select job_id from checkpoints);
`,
} as const
