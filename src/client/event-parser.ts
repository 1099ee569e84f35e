// Server-sent events from the pieces in which their text comes. Knows no event by name.

export interface StreamEvent {
  name: string
  data: unknown
  /** Where to go on after a break; only events that can be resumed have one. */
  id?: number
}

const maxEventCharacters = 64 * 1024 * 1024

/** Takes the next piece and returns the events that end in it. @throws Error for one without an end, or that is not JSON */
export function eventParser(): (piece: string) => StreamEvent[] {
  let rest = ''
  let open: { name: string; data: string[]; id: string } = begin()
  return (piece) => {
    const events: StreamEvent[] = []
    const lines = piece.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    if (rest.length > maxEventCharacters) throw new Error('An event has no end')
    for (const line of lines.map((each) => (each.endsWith('\r') ? each.slice(0, -1) : each))) {
      if (line !== '') take(open, line)
      else {
        if (open.data.length > 0) events.push(eventOf(open))
        open = begin()
      }
    }
    return events
  }
}

function begin() {
  return { name: 'message', data: [] as string[], id: '' }
}

function take(open: ReturnType<typeof begin>, line: string): void {
  const [, field = line, value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? []
  if (field === 'data') open.data.push(value)
  else if (field === 'event') open.name = value
  else if (field === 'id') open.id = value
}

function eventOf({ name, data, id }: ReturnType<typeof begin>): StreamEvent {
  return { name, data: JSON.parse(data.join('\n')), ...(id !== '' && { id: Number(id) }) }
}
