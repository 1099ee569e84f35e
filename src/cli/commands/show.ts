// holdfast show: one screen about one job.
import type { JobDetail } from '../../client/index.ts'
import { bytesWords, durationWords } from '../../supervisor/amounts.ts'
import { waitingWords } from '../../supervisor/states.ts'
import { flagWords } from '../flag-words.ts'
import { clockTime, duration, jobWord, paint, plain, progressWords, savedWords, shellWords, table, thousands, titleOf } from '../output.ts'
import { connect, jobNumber, type Place, placeFlags, tellTrouble } from '../place.ts'
import { stallScreen } from '../stall-screen.ts'

export async function show(job: string, options: Place): Promise<void> {
  const place = await connect(options)
  const { client, close } = place
  try {
    await tellTrouble(place)
    const { pollAfterMs: _pollAfterMs, ...detail } = await client.get(jobNumber(job))
    console.log(options.json ? JSON.stringify(detail) : screen(detail, placeFlags(options)))
  } finally {
    await close()
  }
}

function screen(job: JobDetail, flags: string): string {
  const by = job.submittedBy ? ` by ${plain(job.submittedBy)}` : ''
  const facts: [string, string][] = [
    ['Kind', job.kind],
    ['Submitted', `${clockTime(job.submittedAt)}${by}`],
    ...(job.waitingFor ? [['Waits', plain(waitingWords(job.waitingFor))] as [string, string]] : []),
    ...(job.startedAt === null ? [] : [['Took', duration((job.finishedAt ?? Date.now()) - job.startedAt)] as [string, string]]),
    ['Attempts', attemptsWords(job)],
    ...processFacts(job),
    ...(job.command ? [['Command', plain(shellWords(job.command))] as [string, string]] : []),
    ...(job.exitCode === null ? [] : [['Exit code', `${job.exitCode}${job.signal ? ` (${job.signal})` : ''}`] as [string, string]]),
    ...(job.progress ? [['Progress', progressWords(job)] as [string, string]] : []),
    ...(job.saved && job.state !== 'succeeded' ? [['Saved', savedWords(job.saved)] as [string, string]] : []),
    ...(job.remaining ? [['Left', leftWords(job)] as [string, string]] : []),
    ['Log', `${thousands(job.logLines)} lines: holdfast logs ${job.id}${job.state === 'running' ? ' -f' : ''}${flags}`],
  ]
  const lines = [`${paint('bold', titleOf(job))}  ${paint('gray', `#${job.id}`)}  ${jobWord(job)}`, ...stallScreen(job, flags)]
  if (job.failure) lines.push('', `  ${paint(job.state === 'failed' ? 'red' : 'gray', plain(job.failure.message))}`)
  if (job.failure?.hint) lines.push(`  ${plain(job.failure.hint)}`)
  if (job.failure) lines.push(...job.failure.lastLines.map((line) => paint('gray', `    ${plain(line)}`)))
  return [...lines, '', table(facts.map(([label, value]) => [`  ${paint('gray', label)}`, value]))].join('\n')
}

function leftWords({ remaining, usual, progress }: JobDetail): string {
  const { jobMs = null, phaseMs = null } = remaining ?? {}
  const left =
    jobMs !== null ? `about ${duration(jobMs)}` : `about ${duration(phaseMs ?? 0)} of ${plain(progress?.phase?.name ?? 'this phase')}`
  return usual === null ? left : `${left}; jobs like it take ${duration(usual.durationMs)}`
}

function processFacts(job: JobDetail): [string, string][] {
  const use = useWords(job)
  const bounds = boundsWords(job)
  return [
    ...(use === null ? [] : [[job.finishedAt === null ? 'Uses' : 'Used', use] as [string, string]]),
    ...(bounds === null ? [] : [['Limits', bounds] as [string, string]]),
    ...job.flags.filter((flag) => flag !== 'stalled').map((flag): [string, string] => ['Note', paint('yellow', flagWords[flag])]),
    ...(job.state === 'stopping' && job.stopWhy !== null ? [['Stopping', `it ${job.stopWhy}`] as [string, string]] : []),
  ]
}

function useWords({ history, finishedAt }: JobDetail): string | null {
  const samples = history.at(-1)?.telemetry?.samples ?? []
  const last = samples.at(-1)
  if (!last) return null
  const peak = `${bytesWords(Math.max(...samples.map(({ memoryBytes }) => memoryBytes)))} at most`
  if (finishedAt !== null) return peak
  const processes = last.processes === 1 ? '1 process' : `${last.processes} processes`
  return `${last.cpuPercent} % CPU, ${bytesWords(last.memoryBytes)} in ${processes} (${peak})`
}

function boundsWords({ timeoutMs, limits }: JobDetail): string | null {
  const said = [
    timeoutMs === null ? null : durationWords(timeoutMs),
    limits.memoryBytes === undefined ? null : `${bytesWords(limits.memoryBytes)} of memory`,
    limits.cpuSeconds === undefined ? null : `${durationWords(limits.cpuSeconds * 1_000)} of processor time`,
    limits.openFiles === undefined ? null : `${limits.openFiles} open files`,
  ].filter((words) => words !== null)
  return said.length === 0 ? null : said.join(', ')
}

function attemptsWords({ history, attempts }: JobDetail): string {
  const last = history.at(-1)
  if (!last) return String(attempts)
  const adopted = last.adoptedAt === null ? '' : `, adopted at ${clockTime(last.adoptedAt)}`
  return `${attempts}${last.pid === null ? '' : `, pid ${last.pid}`}${adopted}`
}
