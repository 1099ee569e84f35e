// holdfast notifications, and notification add, remove, test: who is told of jobs.
import { randomBytes } from 'node:crypto'
import { text as textOf } from 'node:stream/consumers'
import type { NotificationTarget, NotifyEvent, PutNotification } from '../../client/index.ts'
import { HoldfastError } from '../../supervisor/errors.ts'
import { duration, paint, plain, table } from '../output.ts'
import { type Connection, connect, type Place, placeFlags } from '../place.ts'

export async function notifications(options: Place): Promise<void> {
  await withPlace(options, async ({ client, where }) => {
    const all = await client.notifications()
    if (options.json) console.log(JSON.stringify(all))
    else if (all.length === 0)
      console.log(`Nobody is told of jobs in ${where}.\nAdd somebody: holdfast notification add ops https://example.com/hook`)
    else console.log(table([header, ...all.map(row)]))
  })
}

export interface AddOptions extends Place {
  type?: string
  secret?: string
  newSecret?: boolean
  events?: string
  kinds?: string
}

export async function addNotification(name: string, url: string, options: AddOptions): Promise<void> {
  const type = options.type ?? 'webhook'
  if (type !== 'webhook' && type !== 'ntfy') throw new HoldfastError('invalid_request', `--type is "${type}", but must be webhook or ntfy.`)
  const secret = await secretOf(options)
  const request: PutNotification = {
    type,
    url,
    ...(secret === undefined ? {} : { secret }),
    ...(options.events === undefined ? {} : { events: wordsOf(options.events) as NotifyEvent[] }),
    ...(options.kinds === undefined ? {} : { kinds: wordsOf(options.kinds) }),
  }
  await withPlace(options, async ({ client }) => {
    const target = await client.putNotification(name, request)
    if (options.json) return console.log(JSON.stringify(target))
    console.log(`${plain(name)}  is told of jobs that are ${target.events.join(', ')}${kindsWords(target)}`)
    if (options.newSecret) console.log(`Its secret, which is not shown again: ${secret}`)
    console.log(paint('gray', `Try it: holdfast notification test ${name}${placeFlags(options)}`))
  })
}

export async function removeNotification(name: string, options: Place): Promise<void> {
  await withPlace(options, async ({ client }) => {
    const target = await client.removeNotification(name)
    if (options.json) return console.log(JSON.stringify(target))
    console.log(
      `${plain(name)}  is told nothing more${target.waiting === 0 ? '' : `; ${target.waiting} it was still to be told are forgotten`}`,
    )
  })
}

/** Exit code 1 when it was not delivered. */
export async function testNotification(name: string, options: Place): Promise<number> {
  return withPlace(options, async ({ client }) => {
    const { delivered, status, answer, error } = await client.testNotification(name)
    if (options.json) console.log(JSON.stringify({ delivered, status, answer, error }))
    else if (delivered) console.log(`${plain(name)}  delivered, answered ${status}${answer === '' ? '' : `: ${plain(answer)}`}`)
    else console.error(`holdfast: ${plain(name)} was not told: ${plain(error ?? '')}`)
    return delivered ? 0 : 1
  })
}

// An argument can be seen by everybody on the machine while the command runs.
async function secretOf({ type, secret, newSecret }: AddOptions): Promise<string | undefined> {
  if (newSecret && (secret !== undefined || type === 'ntfy'))
    throw new HoldfastError('invalid_request', '--new-secret is for webhooks, and cannot be combined with --secret.')
  if (newSecret) return `whsec_${randomBytes(32).toString('base64')}`
  return secret === '-' ? (await textOf(process.stdin)).trim() : secret
}

function wordsOf(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function kindsWords({ kinds }: NotificationTarget): string {
  return kinds === null ? '' : `, of ${kinds.join(', ')}`
}

const header = ['NAME', 'TYPE', 'TOLD OF', 'WAITING', 'LAST SENT', 'TROUBLE', 'ADDRESS'].map((title) => paint('gray', title))

function row(target: NotificationTarget): string[] {
  const { name, type, events, waiting, lastSentAt, url } = target
  const sent = lastSentAt === null ? '–' : `${duration(Date.now() - lastSentAt)} ago`
  return [name, type, `${events.join(', ')}${kindsWords(target)}`, String(waiting), sent, plain(troubleOf(target)), plain(url)]
}

function troubleOf({ disabledWhy, lastError, lastSentAt, givenUp, dropped }: NotificationTarget): string {
  const lost = givenUp + dropped === 0 ? [] : [`${givenUp + dropped} were never told`]
  if (disabledWhy !== null) return [`off: ${disabledWhy}`, ...lost].join('; ')
  const isNew = lastError !== null && lastError.at > (lastSentAt ?? 0)
  return [...(isNew ? [lastError.message] : []), ...lost].join('; ') || '–'
}

async function withPlace<Answer>(options: Place, work: (place: Connection) => Promise<Answer>): Promise<Answer> {
  const place = await connect(options)
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}
