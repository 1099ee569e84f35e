// holdfast retry, resume, keep-waiting, check: what is asked of one job and answered at once.
import type { HoldfastClient, Job } from '../../client/index.ts'
import { plain, stateWord, titleOf, userName } from '../output.ts'
import { connect, jobNumber, type Place, placeFlags } from '../place.ts'

export type Asked = 'retry' | 'resume' | 'keep-waiting'

export async function ask(what: Asked, text: string, options: Place): Promise<void> {
  await withClient(text, options, async (client, id) => {
    const job = await asks[what].send(client, id)
    if (options.json) console.log(JSON.stringify(job))
    else console.log(`${id}  ${stateWord(job.state)}  ${titleOf(job)}  ${asks[what].done(job, placeFlags(options))}`)
  })
}

export async function check(text: string, options: Place): Promise<void> {
  await withClient(text, options, async (client, id) => {
    const seen = await client.check(id, asker())
    console.log(options.json ? JSON.stringify(seen) : `${id}  ${plain(seen.words)}`)
  })
}

interface Asking {
  send(client: HoldfastClient, id: number): Promise<Job>
  done(job: Job, flags: string): string
}

const follow = ({ id }: Job, flags: string) => `Follow: holdfast logs ${id} -f${flags}`

const asks: Record<Asked, Asking> = {
  retry: { send: (client, id) => client.retry(id, asker()), done: follow },
  resume: { send: (client, id) => client.resume(id, asker()), done: follow },
  'keep-waiting': { send: (client, id) => client.keepWaiting(id, asker()), done: () => 'its silence is counted from now' },
}

function asker(): { by: string } {
  return { by: userName() ?? 'cli' }
}

async function withClient(text: string, options: Place, use: (client: HoldfastClient, id: number) => Promise<void>): Promise<void> {
  const id = jobNumber(text)
  const { client, close } = await connect(options)
  try {
    await use(client, id)
  } finally {
    await close()
  }
}
