// The `holdfast` command: reads its words, and ends with an exit code.
import { CommanderError } from 'commander'
import { exitCodeOf, sentenceOf } from './failure.ts'
import { program } from './program.ts'

// Whoever reads us may stop reading: `holdfast logs 1 | head`. A command of `run` goes on; it only detaches.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (process.argv[2] === 'run') process.emit('SIGPIPE')
    else process.exit(141)
  })
}

try {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
  program.version(version)
  if (process.argv.length <= 2) program.outputHelp()
  else await program.parseAsync()
} catch (error) {
  const isRun = process.argv[2] === 'run'
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : isRun ? 125 : 2
  else {
    console.error(`holdfast: ${sentenceOf(error)}`)
    process.exitCode = isRun ? 125 : exitCodeOf(error)
  }
}
