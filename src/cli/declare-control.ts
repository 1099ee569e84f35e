// The words of what is asked of jobs, schedules, queues and kinds. Each command is a file, loaded when it is called.
import type { Command } from 'commander'
import type { BulkOptions } from './commands/bulk.ts'
import type { Declare } from './declare-access.ts'

export function declareAsking(anywhere: Declare): void {
  withFilter(anywhere('cancel', 'stop a job and everything it started; or all that fit'))
    .argument('[job]', 'its number')
    .action(async (job: string | undefined, options: BulkOptions) => {
      const { cancelMany, meansMany } = await import('./commands/bulk.ts')
      const { cancel } = await import('./commands/cancel.ts')
      process.exitCode = meansMany('cancel', job, options) ? await cancelMany(options) : await cancel(job ?? '', options)
    })

  withFilter(anywhere('retry', 'another attempt from the start, of a job that did not succeed; or of all that fit'))
    .argument('[job]', 'its number')
    .action(async (job: string | undefined, options: BulkOptions) => {
      const { meansMany, retryMany } = await import('./commands/bulk.ts')
      if (meansMany('retry', job, options)) process.exitCode = await retryMany(options)
      else await (await import('./commands/ask.ts')).ask('retry', job ?? '', options)
    })

  for (const [name, description] of [
    ['resume', 'another attempt from the last checkpoint; a running job is stopped first'],
    ['keep-waiting', 'count the silence of a stalled job from now'],
  ] as const)
    anywhere(name, description)
      .argument('<job>', 'its number')
      .action(async (job, options) => (await import('./commands/ask.ts')).ask(name, job, options))

  anywhere('rerun', 'a new job like an old one')
    .argument('<job>', 'its number')
    .option('--input <json>', 'another input')
    .action(async (job, options) => (await import('./commands/ask.ts')).rerun(job, options))

  anywhere('check', 'look at the processes of a running job now')
    .argument('<job>', 'its number')
    .action(async (job, options) => (await import('./commands/ask.ts')).check(job, options))
}

function withFilter(command: Command): Command {
  return command
    .option('--all', 'all that it can be done to')
    .option('--state <states>', 'those in these states, separated by commas')
    .option('--kind <kind>', 'those of this kind')
    .option('--queue <queue>', 'those of this queue')
    .option('--submitted-by <name>', 'those that this person or program asked for')
    .option('--schedule <name>', 'those that this schedule asked for')
    .option('-y, --yes', 'do not ask')
}

export function declareSchedules(program: Command, anywhere: Declare): void {
  anywhere('schedules', 'list what asks for jobs at certain times, and when it does next').action(async (options) =>
    (await import('./commands/schedules.ts')).schedules(options),
  )
  const schedule = program.command('schedule').description('pause and resume a schedule, or run its job now')
  anywhere('pause', 'ask for no more jobs', schedule)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/schedules.ts')).pauseSchedule(name, options))
  anywhere('resume', 'go on with the next firing', schedule)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/schedules.ts')).resumeSchedule(name, options))
  anywhere('run-now', 'submit its job now; its times stay as they are', schedule)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/schedules.ts')).runScheduleNow(name, options))
}

export function declareQueues(program: Command, anywhere: Declare): void {
  anywhere('queues', 'list lines of jobs: how many wait and run, and how many may').action(async (options) =>
    (await import('./commands/queues.ts')).queues(options),
  )
  const queue = program.command('queue').description('pause and resume a queue, and say how many of it may run')
  anywhere('pause', 'start nothing more of it; what runs goes on', queue)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/queues.ts')).pauseQueue(name, options))
  anywhere('resume', 'start its jobs again', queue)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/queues.ts')).resumeQueue(name, options))
  anywhere('set-concurrency', 'how many of it may run at a time, on all machines together', queue)
    .argument('<name>', 'its name')
    .argument('<count>', 'a number, or none for any number')
    .action(async (name, count, options) => (await import('./commands/queues.ts')).setConcurrency(name, count, options))
}

export function declareKinds(program: Command, anywhere: Declare): void {
  anywhere('kinds', 'list kinds of jobs, and which are paused').action(async (options) =>
    (await import('./commands/queues.ts')).kinds(options),
  )
  const kind = program.command('kind').description('pause and resume a kind of jobs')
  anywhere('pause', 'start nothing more of it; what runs goes on', kind)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/queues.ts')).pauseKind(name, options))
  anywhere('resume', 'start its jobs again', kind)
    .argument('<name>', 'its name')
    .action(async (name, options) => (await import('./commands/queues.ts')).resumeKind(name, options))
  anywhere('runners', 'list the programs that look after jobs, and whether they live').action(async (options) =>
    (await import('./commands/queues.ts')).runners(options),
  )
}
