// Reads a company's site: from its first page along its own links, one page at a time with a pause between two, within bounds; of each
// what a reader sees. Knows no job.
import { setTimeout as pause } from 'node:timers/promises'
import { type HTMLElement, parse } from 'node-html-parser'

export interface SitePage {
  url: string
  paragraphs: string[]
  /** Absolute, without what stands behind #. */
  links: string[]
}

export interface Visit {
  signal: AbortSignal
  /** Between two pages. */
  pauseMs: number
  onPage: (read: number, known: number) => void
  /** Told what was read, and what was left out. */
  log: (sentence: string) => void
}

const most = { pages: 12, characters: 262_144, ms: 10_000 }

/** A page behind the first one that is broken or slow is left out. @throws Error when the site cannot be read now: another try later may */
export async function readSite(root: string, { signal, pauseMs, onPage, log }: Visit): Promise<SitePage[]> {
  const known = [root]
  const pages: SitePage[] = []
  for (const [index, url] of known.entries()) {
    if (index > 0) await pause(pauseMs, undefined, { signal })
    const page = await ask(url, root, signal).catch((error: Error) => {
      signal.throwIfAborted()
      // Where nobody is there any more the rest is missing too, and half a site is not to replace what is known of the whole.
      if (index === 0 || error.cause !== undefined) throw error
      log(`${url} is left out: ${error.message}`)
    })
    if (page) {
      log(`${url}: ${page.paragraphs.length} paragraphs`)
      pages.push(page)
      for (const link of page.links) if (known.length < most.pages && isWithin(link, root) && !known.includes(link)) known.push(link)
    }
    onPage(index + 1, known.length)
  }
  return pages
}

/** Its own pages only; the first one is not read twice. */
const isWithin = (link: string, root: string): boolean => link.startsWith(root) && link !== `${root}index.html`

/** The beginning of a page. @throws Error when there is none, or it leads elsewhere; when the site does not answer, or is down */
async function ask(url: string, root: string, signal: AbortSignal): Promise<SitePage> {
  // fetch says "fetch failed"; what has failed stands in its cause. A timeout has none.
  const failed = ({ cause, message }: Error): never => {
    throw new Error(`${new URL(url).host} does not answer: ${cause instanceof Error ? cause.message : message}`, { cause })
  }
  const answer = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(most.ms)]),
    headers: { accept: 'text/html', 'user-agent': 'jobhunt (an example of Holdfast)' },
  }).catch(failed)
  if (answer.status >= 500) throw new Error(`The site answers ${answer.status} ${answer.statusText}`.trim())
  const isPage = answer.ok && answer.url.startsWith(root) && answer.headers.get('content-type')?.startsWith('text/html')
  if (!isPage) throw new Error(`There is no page of the site at ${url}`)
  return readPage(await beginningOf(answer).catch(failed), url)
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > most.characters) break
  }
  return text
}

function readPage(html: string, url: string): SitePage {
  const page = parse(html)
  const links = page.querySelectorAll('a[href]').flatMap((link) => URL.parse(link.getAttribute('href') ?? '', url) ?? [])
  for (const link of links) link.hash = ''
  // What is on every page says nothing of this one.
  for (const element of page.querySelectorAll('script, style, nav, header, footer, template')) element.remove()
  const paragraphs = page.querySelectorAll('p, li, td, dd').filter(isProse).map(textOf)
  return { url, paragraphs, links: [...new Set(links.map(({ href }) => href))] }
}

/** Not what is only a list of links. */
function isProse(element: HTMLElement): boolean {
  const linked = element.querySelectorAll('a').reduce((length, link) => length + textOf(link).length, 0)
  return textOf(element).length > 1.4 * linked
}

const textOf = ({ text }: HTMLElement): string => text.replace(/\s+/g, ' ').trim()
