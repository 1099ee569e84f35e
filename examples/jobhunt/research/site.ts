// Reads a company's site as a polite visitor: from its first page along its own links, one page at a time, within bounds. Knows no job.
import { setTimeout as pause } from 'node:timers/promises'
import { type PageText, readPage } from './page-text.ts'

export interface SitePage extends PageText {
  url: string
}

export interface Visit {
  signal: AbortSignal
  /** Between two pages. */
  pauseMs: number
  onPage: (read: number, known: number) => void
  /** A page that could not be read, in a sentence; the visit goes on without it. */
  onSkip: (sentence: string) => void
}

const most = { pages: 12, bytes: 262_144, ms: 10_000 }

/** The site as a whole cannot be read now: another try later may. */
export class SiteDown extends Error {}

/** @throws SiteDown */
export async function readSite(root: string, { signal, pauseMs, onPage, onSkip }: Visit): Promise<SitePage[]> {
  const known = [root]
  const pages: SitePage[] = []
  for (let next = 0; next < known.length; next++) {
    const url = known[next] ?? root
    if (next > 0) await pause(pauseMs, undefined, { signal })
    const answer = await ask(url, signal)
    if (typeof answer === 'string' && next === 0) throw new SiteDown(answer)
    if (typeof answer === 'string') onSkip(answer)
    else if (next > 0 && !answer.url.startsWith(root)) onSkip(`${new URL(url).pathname} leads elsewhere`)
    else {
      const page = readPage(answer.html, answer.url)
      pages.push({ ...page, url: answer.url })
      for (const link of page.links) {
        if (known.length < most.pages && isWithin(link, root) && !known.includes(link)) known.push(link)
      }
    }
    onPage(next + 1, known.length)
  }
  return pages
}

/** Its own pages only; the first one is not read twice. */
const isWithin = (link: string, root: string): boolean => link.startsWith(root) && link !== `${root}index.html`

/** A page, or why there is none. @throws SiteDown when nobody answers at all */
async function ask(url: string, signal: AbortSignal): Promise<{ url: string; html: string } | string> {
  const { host, pathname } = new URL(url)
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(most.ms)]),
      headers: { accept: 'text/html', 'user-agent': 'jobhunt (an example of Holdfast)' },
    })
    if (answer.status >= 500) throw new SiteDown(`The site answers ${answer.status} ${answer.statusText}`.trim())
    if (!answer.ok) return `${pathname} answers ${answer.status}`
    if (!answer.headers.get('content-type')?.startsWith('text/html')) return `${pathname} is no page`
    return { url: answer.url, html: await beginningOf(answer) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SiteDown) throw error
    throw new SiteDown(`${host} does not answer: ${reasonOf(error)}`, { cause: error })
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    bytes += chunk.length
    if (bytes > most.bytes) break
  }
  return text
}

/** fetch says "fetch failed"; what has failed stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing within ${most.ms / 1000} s`
  const { cause } = error
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : error.message
}
