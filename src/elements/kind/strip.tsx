// The last thirty jobs of a kind as bars, oldest at the left: how long each took, and which did not succeed.
import type { SettledJob } from '../../client/index.ts'
import { count } from '../../views/format.ts'

const most = 30
const step = 5
const height = 20
const least = 3

export function Strip({ recent, isActive }: { recent: readonly SettledJob[]; isActive: boolean }) {
  const jobs = recent.slice(-most)
  const bad = jobs.filter(({ state }) => isBad(state)).length
  const longest = Math.max(1, ...jobs.map(tookMs))
  const from = most - jobs.length - (isActive ? 1 : 0)
  const label = `Last ${count(jobs.length)} jobs, ${bad === 0 ? 'none' : count(bad)} failed`
  return (
    <svg class="strip" part="strip" viewBox={`0 0 ${most * step} ${height}`} preserveAspectRatio="xMinYMid" role="img" aria-label={label}>
      {jobs.map((job, place) => {
        const size = least + (tookMs(job) / longest) * (height - least)
        const x = Math.max(0, from + place) * step
        return <rect key={job.id} class={isBad(job.state) ? 'bad' : 'ok'} x={x} y={height - size} width={4} height={size} rx={1} />
      })}
      {isActive && <rect class="now" x={(most - 1) * step} y={height / 2} width={4} height={height / 2} rx={1} />}
    </svg>
  )
}

function isBad(state: SettledJob['state']): boolean {
  return state === 'failed' || state === 'interrupted' || state === 'expired'
}

function tookMs({ startedAt, finishedAt }: SettledJob): number {
  return startedAt === null || finishedAt === null ? 0 : Math.max(0, finishedAt - startedAt)
}
