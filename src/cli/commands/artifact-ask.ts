// holdfast artifact roll-back and want: what is asked of one artifact and answered at once.
import { HoldfastError } from '../../supervisor/errors.ts'
import { conditionWord, currentPath } from '../artifact-words.ts'
import { paint, plain, userName } from '../output.ts'
import { connect, type Place, placeFlags } from '../place.ts'

export interface RollBackOptions extends Place {
  reason?: string
  together?: boolean
}

export async function rollBack(name: string, text: string | undefined, options: RollBackOptions): Promise<void> {
  const to = text === undefined ? undefined : snapshotNumber(text)
  const place = await connect(options)
  try {
    const before = (await place.client.artifact(name)).current?.number ?? null
    const { reason, together } = options
    const request = { by: userName() ?? 'cli', ...(to !== undefined && { to }), ...(together && { together }), ...(reason && { reason }) }
    const snapshot = await place.client.rollBack(name, request)
    if (options.json) return console.log(JSON.stringify(snapshot))
    if (snapshot.number === before) return console.log(`${name}  snapshot ${before} is current already`)
    console.log(`${name}  snapshot ${snapshot.number} is current${before === null ? '' : `, ${before} is kept`}`)
    if (together) console.log(`So is all that job ${snapshot.jobId} published with it.`)
    console.log(`Readers get it from ${currentPath(name, options, place)}`)
    if (before !== null)
      console.log(
        paint('gray', `Undo: holdfast artifact roll-back ${name} ${before}${together ? ' --together' : ''}${placeFlags(options)}`),
      )
  } finally {
    await place.close()
  }
}

export interface WantOptions extends Place {
  none?: boolean
}

export async function want(name: string, fingerprint: string | undefined, options: WantOptions): Promise<void> {
  if ((fingerprint === undefined) === !options.none)
    throw new HoldfastError('invalid_request', 'Say what is wanted: a fingerprint, or --none for nothing in particular.')
  const { client, close } = await connect(options)
  try {
    const artifact = await client.want(name, fingerprint ?? null, { by: userName() ?? 'cli' })
    if (options.json) return console.log(JSON.stringify(artifact))
    console.log(`${name}  ${conditionWord(artifact)}  ${plain(artifact.reasons.join(' '))}`)
    const kind = artifact.last?.kind ?? artifact.current?.kind
    if (artifact.condition === 'required')
      console.log(paint('gray', `Nothing was started${kind ? `; job type ${plain(kind)} builds it` : ''}.`))
  } finally {
    await close()
  }
}

/** @throws HoldfastError `invalid_request` */
function snapshotNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new HoldfastError('invalid_request', `"${text}" is not the number of a snapshot such as 18.`)
}
