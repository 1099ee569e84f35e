// holdfast retry, resume, rerun, keep-waiting, check: what is asked of one job and answered at once.
import type { HoldfastClient, Job, Json } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { plain, stateWord, titleOf, userName } from '../output.ts'
import { connect, jobNumber, needsTheApp, type Place, placeFlags } from '../place.ts'

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

export interface RerunOptions extends Place {
  input?: string
}

export async function rerun(text: string, options: RerunOptions): Promise<void> {
  const input = options.input === undefined ? {} : { input: parseInput(options.input) }
  await withClient(text, options, async (client, id) => {
    const { job, created } = await needsTheApp(options, client.rerun(id, { ...asker(), ...input }))
    if (options.json) console.log(JSON.stringify({ job, created }))
    else
      console.log(
        `${job.id}  ${stateWord(job.state)}  ${titleOf(job)}  ${created ? '' : 'was active already. '}${follow(job, placeFlags(options))}`,
      )
  })
}

function parseInput(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new HoldfastError('invalid_request', `--input is not JSON: ${text.slice(0, 50)}`)
  }
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
