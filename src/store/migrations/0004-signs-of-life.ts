// What is known of jobs that have gone silent.

export const signsOfLife = {
  number: 4,
  name: 'signs-of-life',
  text: `
-- The facts of a silent job, as JSON; null while it gives signs of life.
alter table jobs add column stalled text;
-- When a person last said to go on waiting: silence is counted from then.
alter table jobs add column waited_at integer;
`,
} as const
