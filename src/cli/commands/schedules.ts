// holdfast schedules, and schedule pause, resume, run-now.
import type { ScheduleView } from '../../client/index.ts'
import { dayTime } from '../artifact-words.ts'
import { paint, plain, table, userName } from '../output.ts'
import { type Connection, connect, needsTheApp, type Place, placeFlags, tellTrouble } from '../place.ts'

export async function schedules(options: Place): Promise<void> {
  await at(options, async (place) => {
    await tellTrouble(place)
    const all = await place.client.schedules()
    if (options.json) console.log(JSON.stringify(all))
    else if (all.length === 0)
      console.log(`No schedules in ${place.where}.\nAn app stores them: holdfast.schedules.put({ name, kind, cron })`)
    else console.log(table([header, ...all.map(row)]))
  })
}

export async function pauseSchedule(name: string, options: Place): Promise<void> {
  await at(options, async ({ client }) => tell(await client.pauseSchedule(name, asker()), options))
}

export async function resumeSchedule(name: string, options: Place): Promise<void> {
  await at(options, async ({ client }) => tell(await client.resumeSchedule(name, asker()), options))
}

export async function runScheduleNow(name: string, options: Place): Promise<void> {
  await at(options, async ({ client }) => {
    const { job, created } = await needsTheApp(options, client.runScheduleNow(name, asker()))
    if (options.json) console.log(JSON.stringify({ job, created }))
    else
      console.log(
        `${plain(name)}  ${created ? `job ${job.id} is queued` : `job ${job.id} is active already`}  Follow: holdfast logs ${job.id} -f${placeFlags(options)}`,
      )
  })
}

async function at(options: Place, use: (place: Connection) => Promise<void>): Promise<void> {
  const place = await connect(options)
  try {
    await use(place)
  } finally {
    await place.close()
  }
}

function asker(): { by: string } {
  return { by: userName() ?? 'cli' }
}

function tell(schedule: ScheduleView, { json }: Place): void {
  if (json) console.log(JSON.stringify(schedule))
  else console.log(`${plain(schedule.name)}  ${nextWords(schedule)}`)
}

const header = ['SCHEDULE', 'KIND', 'CRON', 'TIME ZONE', 'NEXT', 'LAST', 'TROUBLE'].map((title) => paint('gray', title))

function row(schedule: ScheduleView): string[] {
  const { name, kind, cron, timeZone, lastAt, lastJobId, trouble } = schedule
  const last = lastAt === null ? '–' : `${dayTime(lastAt)}${lastJobId === null ? '' : `, job ${lastJobId}`}`
  return [plain(name), plain(kind), plain(cron), plain(timeZone), nextWords(schedule), last, plain(trouble ?? '')]
}

function nextWords({ pausedAt, pausedBy, nextAt: [next] }: ScheduleView): string {
  if (pausedAt !== null) return paint('yellow', `paused${pausedBy === null ? '' : ` by ${plain(pausedBy)}`}`)
  return next === undefined ? 'never' : dayTime(next)
}
