// What else may be said of a job when it is asked for: its name, when it begins, who goes first.
import type { SubmitRequest } from 'holdfast/client'
import { Line } from '../parts/line.tsx'
import type { Refused } from './drafts.ts'

interface More {
  request: Pick<SubmitRequest, 'name' | 'availableAt' | 'priority'>
  refused: Refused[]
}

/** Under which names the server refuses them. */
export const morePaths: readonly string[] = ['name', 'availableAt', 'priority']

export function moreOf(form: FormData): More {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const [name, later, priority] = [text('more-name'), text('more-later'), text('more-priority')]
  const availableAt = new Date(later).getTime()
  const request = {
    ...(name !== '' && { name }),
    ...(later !== '' && !Number.isNaN(availableAt) && { availableAt }),
    ...(priority !== '' && { priority: Number(priority) }),
  }
  // What is no number at all would come to the server as nothing.
  return { request, refused: Number.isFinite(Number(priority)) ? [] : [{ path: 'priority', message: 'must be a whole number' }] }
}

export function MoreFields({ refused, name }: { refused: readonly Refused[]; name: string }) {
  const said = (path: string) => refused.filter((one) => one.path === path).map(({ message }) => message)
  const isWrong = morePaths.some((path) => said(path).length > 0)
  return (
    <details class="further" open={isWrong || undefined}>
      <summary>More</summary>
      <Line label="Name" isOptional hint="What people should call this job." messages={said('name')}>
        {(given) => <input type="text" name="more-name" defaultValue={name} autocomplete="off" {...given} />}
      </Line>
      <Line label="Not before" isOptional hint="By the clock of this browser." messages={said('availableAt')}>
        {(given) => <input type="datetime-local" name="more-later" {...given} />}
      </Line>
      <Line label="Priority" isOptional hint="A whole number; smaller goes first." messages={said('priority')}>
        {(given) => <input type="text" name="more-priority" autocomplete="off" {...given} />}
      </Line>
    </details>
  )
}
