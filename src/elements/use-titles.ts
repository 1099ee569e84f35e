// What people call the kinds, asked for once a page and server, and only when a job is shown.
import { useEffect, useState } from 'preact/hooks'
import type { Job } from '../client/index.ts'
import type { ElementClient } from './element-client.ts'

type Titles = ReadonlyMap<string, string>

const asked = new WeakMap<ElementClient, Promise<Titles>>()
const none: Titles = new Map()

export function useTitles(client: ElementClient, jobs: readonly Job[]): Titles {
  const [titles, setTitles] = useState(none)
  // A job that has a name is told from its like by its kind.
  const wanted = jobs.some(({ kind }) => !titles.has(kind))
  useEffect(() => {
    if (wanted) void titlesOf(client).then(setTitles)
    // With each new job: a try may have failed.
  }, [client, wanted, jobs.at(-1)?.id])
  return titles
}

function titlesOf(client: ElementClient): Promise<Titles> {
  const titles = asked.get(client) ?? ask(client)
  asked.set(client, titles)
  return titles
}

/** Without an answer a job is called by its kind, and the next one that is to be named asks again. */
async function ask(client: ElementClient): Promise<Titles> {
  try {
    return new Map((await client.kinds()).map(({ kind, title }) => [kind, title]))
  } catch {
    asked.delete(client)
    return none
  }
}
