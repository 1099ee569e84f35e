// The words and options of the `holdfast` command. Each command is a file, loaded when it is called.
import { Command } from 'commander'
import type { RunOptions } from './commands/run.ts'
import { declareTokens, declareUp, declareUsers } from './declare-access.ts'
import { declareAsking, declareKinds, declareQueues, declareSchedules } from './declare-control.ts'
import type { Place } from './place.ts'

export const program = new Command('holdfast')
  .description('Runs long jobs that survive a restart, never run twice and never hide a failure.')
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'holdfast: ')) })

function local(name: string, description: string, parent: Command = program): Command {
  return parent
    .command(name)
    .description(description)
    .option('--data <dir>', 'data folder (default: HOLDFAST_DATA, the nearest .holdfast, or your state folder)')
    .option('--json', 'print JSON with the fields of the API; logs and wait print one object a line')
}

function anywhere(name: string, description: string, parent: Command = program): Command {
  return local(name, description, parent).option('--url <url>', 'a Holdfast server instead of a data folder')
}

local(
  'run',
  'run a command as a job, follow it and return its exit code; its input is empty, and what it leaves running is stopped when it ends',
)
  .option('-d, --detach', 'start it, print its number and return')
  .option('--name <name>', 'what to call it')
  .option('--timeout <time>', 'stop it when it takes longer: 90s, 10m, 1h30m')
  .option('--memory <size>', 'stop it when all its processes together use more: 512M, 2G')
  .option('--cpu <time>', 'stop it when it has used more processor time: 60s')
  .option('--leftovers <kill|allow>', 'what becomes of processes that outlive the command', 'kill')
  .option('--merge', 'stdout and stderr as one stream, in the exact order they are written')
  .option('--log-bytes <size>', 'how much of its log to keep, at least 1M')
  .argument('<command...>', 'the command and its arguments, after --')
  .passThroughOptions()
  .action(async (argv: string[], options: RunOptions) => {
    process.exitCode = await (await import('./commands/run.ts')).run(argv, options)
  })

anywhere('list', 'list jobs, newest first')
  .option('--state <states>', 'only these states, separated by commas')
  .option('--kind <kind>', 'only this kind')
  .option('--queue <queue>', 'only this queue')
  .option('--submitted-by <name>', 'only what this person or program asked for')
  .option('--schedule <name>', 'only what this schedule asked for')
  .option('--before <job>', 'only jobs with a smaller number')
  .option('-n, --limit <count>', 'how many', '20')
  .action(async (options) => (await import('./commands/list.ts')).list(options))

anywhere('show', 'show one job')
  .argument('<job>', 'its number')
  .action(async (job, options) => (await import('./commands/show.ts')).show(job, options))

anywhere('logs', 'print the log of a job')
  .argument('<job>', 'its number')
  .option('-f, --follow', 'go on until the job has ended')
  .option('-n, --tail <count>', 'only the last lines')
  .option('-g, --grep <text>', 'only lines with this text, in whatever case')
  .option('-t, --timestamps', 'time, number and stream before each line')
  .action(async (job, options) => (await import('./commands/logs.ts')).logs(job, options))

anywhere('wait', 'wait until jobs have ended: 0 all succeeded, 1 one failed, 8 cancelled, 9 interrupted')
  .argument('<job...>', 'their numbers')
  .action(async (jobs, options) => {
    process.exitCode = await (await import('./commands/wait.ts')).wait(jobs, options)
  })

declareAsking(anywhere)
declareSchedules(program, anywhere)
declareQueues(program, anywhere)
declareKinds(program, anywhere)

anywhere('artifacts', 'list what jobs publish: what is current, and what has to be built anew').action(async (options: Place) =>
  (await import('./commands/artifacts.ts')).artifacts(options),
)

const artifact = program.command('artifact').description('show an artifact, go back to an older snapshot, say what is wanted')

anywhere('show', 'one artifact: what is current, who reads it, what is kept', artifact)
  .argument('<name>', 'its name')
  .action(async (name, options) => (await import('./commands/artifact-show.ts')).showArtifact(name, options))

anywhere('roll-back', 'make another kept snapshot the current one; the newest one before it unless you name one', artifact)
  .argument('<name>', 'its name')
  .argument('[snapshot]', 'its number, older or newer')
  .option('--together', 'also all that its job published with it')
  .option('--reason <text>', 'why; kept with it')
  .action(async (name, snapshot, options) => (await import('./commands/artifact-ask.ts')).rollBack(name, snapshot, options))

anywhere('want', 'say what the current snapshot should be built from; starts nothing', artifact)
  .argument('<name>', 'its name')
  .argument('[fingerprint]', 'as the app spells it')
  .option('--none', 'nothing in particular')
  .action(async (name, fingerprint, options) => (await import('./commands/artifact-ask.ts')).want(name, fingerprint, options))

anywhere('notifications', 'list who is told of jobs, how many wait to be told, and the last trouble').action(async (options: Place) =>
  (await import('./commands/notifications.ts')).notifications(options),
)

const notification = program.command('notification').description('say who is told of jobs that failed, were interrupted or went silent')

anywhere('add', 'tell somebody from now on, or change what is stored under this name', notification)
  .argument('<name>', 'a name for it')
  .argument('<url>', 'of a webhook, or of a topic of ntfy')
  .option('--type <webhook|ntfy>', 'what it is', 'webhook')
  .option('--secret <secret>', 'what a webhook is signed with, or the access token of ntfy; - reads it from stdin')
  .option('--new-secret', 'makes one and prints it once')
  .option('--events <events>', 'separated by commas: failed, stalled, interrupted (these three by default), succeeded')
  .option('--kinds <kinds>', 'only jobs of these kinds, separated by commas')
  .action(async (name, url, options) => (await import('./commands/notifications.ts')).addNotification(name, url, options))

anywhere('remove', 'tell it nothing more', notification)
  .argument('<name>', 'its name')
  .action(async (name, options) => (await import('./commands/notifications.ts')).removeNotification(name, options))

anywhere('test', 'send a test now, and print what the other side said', notification)
  .argument('<name>', 'its name')
  .action(async (name, options) => {
    process.exitCode = await (await import('./commands/notifications.ts')).testNotification(name, options)
  })

declareUsers(program, anywhere)
declareTokens(program, anywhere)
declareUp(local)

local('doctor', 'look at this machine and this folder, and say what to do').action(async (options: Place) => {
  process.exitCode = await (await import('./commands/doctor.ts')).doctor(options)
})

program
  .command('init')
  .description('print a systemd unit that leaves running jobs alone when the service is restarted')
  .option('--systemd', 'the only kind there is')
  .option('--data <dir>', 'data folder')
  .argument('[command...]', 'what the service runs, after --; default: holdfast up')
  .passThroughOptions()
  .action(async (command: string[], options: Place & { systemd?: boolean }) => (await import('./commands/init.ts')).init(options, command))

program.addHelpText('after', '\nExamples:\n  holdfast run -- make all\n  holdfast logs 42 -f\n  holdfast up')
