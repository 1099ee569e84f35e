// Adds or changes a schedule: when, what, with which input. What is refused is told at its field, and nothing typed is lost.
import type { Json, KindView, ScheduleView } from 'holdfast/client'
import { HoldfastClientError } from 'holdfast/client'
import { useState } from 'preact/hooks'
import { client, kinds } from '../client.ts'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Line } from '../parts/line.tsx'
import { placed, type Refused } from '../start/drafts.ts'
import { InputFields } from '../start/input-fields.tsx'
import { type InputState, useInput } from '../start/input-state.ts'
import { cronWords } from './cron-words.ts'

export interface ScheduleDialogProps {
  /** Null: a new one. */
  schedule: ScheduleView | null
  onDone(): Promise<void>
  onClose(): void
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone

export function ScheduleDialog({ schedule, onDone, onClose }: ScheduleDialogProps) {
  const known = kinds.value.filter(({ isDefined }) => isDefined)
  const [kind, setKind] = useState(schedule?.kind ?? known[0]?.kind ?? '')
  const [cron, setCron] = useState(schedule?.cron ?? '0 3 * * *')
  const [errors, setErrors] = useState<Refused[]>([])
  const [input, setInput] = useState<InputState | null>(null)
  const said = (path: string) => errors.filter((one) => one.path === path).map(({ message }) => message)
  const send = async (text: (field: string) => string) => {
    const { value, refused } = input?.read() ?? { value: undefined, refused: [] }
    setErrors(refused)
    if (refused.length > 0) throw valuesRefused
    try {
      await client.putSchedule(schedule?.name ?? text('name'), {
        kind,
        cron,
        timeZone: text('timeZone'),
        missed: text('missed') === 'once' ? 'once' : 'skip',
        ...(value !== undefined && { input: value }),
      })
    } catch (error) {
      if (!(error instanceof HoldfastClientError) || error.errors.length === 0) throw error
      setErrors([...error.errors])
      throw valuesRefused
    }
    await onDone()
  }
  const chosen = known.find((one) => one.kind === kind)
  return (
    <FormDialog
      title={schedule === null ? 'Add a schedule' : `Change ${schedule.name}`}
      verb={schedule === null ? 'Add' : 'Change'}
      wide
      onClose={onClose}
      send={send}
    >
      {schedule === null && (
        <Line label="Name" hint="Letters, digits, -, _ and ., such as nightly." messages={said('name')}>
          {(given) => <input type="text" name="name" autocomplete="off" {...given} />}
        </Line>
      )}
      <Line label="When" hint={hintOf(cron)} messages={said('cron')}>
        {(given) => (
          <input
            type="text"
            class="mono"
            autocomplete="off"
            spellcheck={false}
            value={cron}
            onInput={(event) => setCron(event.currentTarget.value)}
            {...given}
          />
        )}
      </Line>
      <Line label="Time zone" hint="Whose clock is meant." messages={said('timeZone')}>
        {(given) => (
          <>
            <input type="text" name="timeZone" list="time-zones" autocomplete="off" defaultValue={schedule?.timeZone ?? here} {...given} />
            <datalist id="time-zones">
              {Intl.supportedValuesOf('timeZone').map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
      </Line>
      <Line label="A time that nobody was there for" messages={said('missed')}>
        {(given) => (
          <select name="missed" {...given}>
            <option value="skip" selected={schedule?.missed !== 'once'}>
              is left out
            </option>
            <option value="once" selected={schedule?.missed === 'once'}>
              is made up for, several with one job
            </option>
          </select>
        )}
      </Line>
      <Line label="Job type" messages={said('kind')}>
        {(given) => (
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)} {...given}>
            {chosen === undefined && <option value={kind}>{kind || 'This app defines none'}</option>}
            {known.map(({ kind: name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Line>
      {chosen !== undefined && (
        <Input
          key={kind}
          kind={chosen}
          given={schedule?.kind === kind ? (schedule.input ?? undefined) : undefined}
          errors={errors}
          onState={setInput}
        />
      )}
    </FormDialog>
  )
}

const valuesRefused = new HoldfastClientError({
  code: 'invalid_input',
  message: 'Some values were refused. Nothing was changed.',
  hint: null,
  status: 422,
})

interface InputProps {
  kind: KindView
  given: Json | undefined
  errors: readonly Refused[]
  onState(state: InputState): void
}

/** Keeps what is typed of one job type; another one begins anew. */
function Input({ kind, given, errors, onState }: InputProps) {
  const input = useInput(kind.inputSchema, given)
  onState(input)
  return (
    <fieldset class="part">
      <legend>Its input</legend>
      <InputFields input={input} refused={placed(input.field, input.draft, errors)} canBeNothing={kind.inputSchema === null} />
    </fieldset>
  )
}

function hintOf(cron: string): string {
  const words = cronWords(cron)
  return words === cron ? 'Minute, hour, day, month, weekday, such as 30 2 * * *; or @daily and the like.' : `${words}.`
}
