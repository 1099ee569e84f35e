// Starting a job from a page: the input from the attribute or from a form, the events before and after, one request however often it is pressed.
import { useState } from 'preact/hooks'
import type { Json } from '../../client/index.ts'
import type { HoldfastElement } from '../element.ts'
import type { ElementClient, Live } from '../element-client.ts'
import { loadParts } from '../later.tsx'
import { useAsking } from '../use-asking.ts'

export interface Starting {
  /** Asks for the job, or for the answer to the question before it. */
  press(): void
  /** The question is open. */
  isAsked: boolean
  answer(isYes: boolean): void
  isStarting: boolean
  refusal: string | null
}

export interface StartRequest {
  host: HoldfastElement
  live: Live
  kind: string
  /** A question that is asked first. */
  question: string | null
}

export function useStart({ host, live, kind, question }: StartRequest): Starting {
  const { ask, isBusy, refusal } = useAsking(host)
  const [isAsked, setAsked] = useState(false)
  const start = () =>
    void ask(async () => {
      const input = await inputOf(host, live.client, kind)
      if (input === undefined || !host.tell('holdfast-start', { kind, input }, true)) return
      const { job, created } = await live.client.submit(kind, input)
      host.tell('holdfast-started', { job, created })
      // Busy until the page knows of it: in between, another press would be another job.
      await live.refresh()
    })
  return {
    press: () => (question === null ? start() : setAsked(true)),
    isAsked,
    answer: (isYes) => {
      setAsked(false)
      if (isYes) start()
    },
    isStarting: isBusy,
    refusal,
  }
}

/** Undefined: the form is not filled in, and the browser has said where. */
async function inputOf(host: HoldfastElement, client: ElementClient, kind: string): Promise<Json | undefined> {
  const form = host.attribute('form')
  return form === null ? parsed(host.attribute('input')) : (await loadParts()).readForm({ host, client, kind, form })
}

/** What is no JSON is a text: `input="films"` is what people write. */
function parsed(text: string | null): Json {
  if (text === null) return null
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (/^\s*[[{"]/.test(text)) throw new Error('Its `input` is no JSON.', { cause: error })
    return text
  }
}
