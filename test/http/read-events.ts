// Reads an event stream as a program would: one event after another, leaving when the caller has seen enough.
import { EventSourceParserStream } from 'eventsource-parser/stream'

export interface ReadEvent {
  event: string
  id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: each event has data of its own shape, which the tests look into.
  data: any
}

export async function* readEvents(url: string, init: RequestInit = {}): AsyncGenerator<ReadEvent> {
  const response = await fetch(url, init)
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { event, id, data } of events) yield { event: event ?? 'message', id, data: JSON.parse(data) }
}

/** Every event until the server ends the stream. */
export async function readAllEvents(url: string, init: RequestInit = {}): Promise<ReadEvent[]> {
  const events: ReadEvent[] = []
  for await (const event of readEvents(url, init)) events.push(event)
  return events
}
