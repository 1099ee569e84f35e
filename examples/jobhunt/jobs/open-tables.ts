// The tables, for a job: while another program holds them it waits a while without standing still, and then rests. That is no failure,
// uses up no try, and it goes on from what it has saved.
import { type JobContext, snooze } from 'holdfast/job'
import type { Around } from '../kinds.ts'
import { openResults, type Results } from '../results.ts'

export function openTables({ signal, log }: JobContext<unknown>, { JOBHUNT_RESULTS, JOBHUNT_WAIT_MS }: Around): Promise<Results> {
  const forMs = Number(JOBHUNT_WAIT_MS)
  const otherwise = () => {
    log('Another program holds the tables of jobhunt; goes on later')
    return snooze(forMs)
  }
  return openResults(JOBHUNT_RESULTS, { forMs, signal, otherwise })
}
