// holdfast cancel: asks once, then stops the job and everything it started, and waits until they are gone.
import { isSettled } from '../../supervisor/states.ts'
import { agreed } from '../agree.ts'
import { plain, stateWord, titleOf, userName } from '../output.ts'
import { connect, jobNumber, type Place } from '../place.ts'
import { interrupted } from './logs.ts'
import { settledJob } from './wait.ts'

export interface CancelOptions extends Place {
  yes?: boolean
}

export async function cancel(text: string, options: CancelOptions): Promise<number> {
  const id = jobNumber(text)
  const { client, close } = await connect(options, [id])
  try {
    const before = await client.get(id)
    const isOver = isSettled(before.state)
    if (
      !isOver &&
      !options.yes &&
      !(await agreed(`Cancel job ${id} (${titleOf(before)})? Everything it started is stopped too. [y/N] `, 'cancel'))
    ) {
      console.error('Not cancelled.')
      return 1
    }
    if (!isOver) await client.cancel(id, { by: userName() ?? 'cli' })
    const after = await settledJob(client, id, interrupted())
    const note = isOver ? ' (it had already ended)' : ''
    // That its end is no proof.
    const doubt = !isOver && after.failure?.hint ? `\n${plain(after.failure.hint)}` : ''
    console.log(
      options.json
        ? JSON.stringify(after)
        : `${id}  ${stateWord(after.state)}${after.failure ? `  ${plain(after.failure.message)}` : ''}${note}${doubt}`,
    )
    return 0
  } finally {
    await close()
  }
}
