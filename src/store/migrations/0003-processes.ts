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
-- The middle of its logs was taken out; they were written anew without it, in files of other names.
alter table attempts add column sealed integer not null default 0;
`,
} as const
