// Reading a site on loopback that breaks in the middle, and what is kept of it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { postingOf } from '../postings.ts'
import { openSites } from '../test/sites.ts'
import { factsIn } from './facts.ts'
import { readSite } from './site.ts'

async function open(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const visit = { signal: new AbortController().signal, pauseMs: 0, onPage: () => {}, log: () => {} }

test('a page behind the first one that is broken or slow is left out, with a line that says why; a stop is still a stop', async (t) => {
  const stop = new AbortController()
  let isStopping = false
  let slow = new AbortController()
  t.mock.method(AbortSignal, 'timeout', () => {
    slow = new AbortController()
    return slow.signal
  })
  const root = await open(t, ({ url }, response) => {
    if (url === '/down' && isStopping) return stop.abort(new Error('stopped'))
    if (url === '/')
      response.end('<p>We build clocks for towers.</p><a href="down"></a><a href="slow"></a><a href="gone"></a><a href="good"></a>')
    else if (url === '/slow') response.write('<p>We are', () => slow.abort(new DOMException('after 10 s', 'TimeoutError')))
    else response.writeHead({ '/down': 503, '/gone': 404 }[url ?? ''] ?? 200).end('<p>We are nine people.</p>')
  })
  const said: string[] = []
  const told = { ...visit, signal: stop.signal, log: (sentence: string) => void said.push(sentence.replaceAll(root, '/')) }
  const pages = await readSite(root, told)
  assert.deepEqual(
    pages.map(({ url, paragraphs }) => [url.replace(root, '/'), ...paragraphs]),
    [
      ['/', 'We build clocks for towers.'],
      ['/good', 'We are nine people.'],
    ],
  )
  assert.match(
    said.join('\n'),
    /\/down is left out: The site answers 503.*\n\/slow is left out: 127\.0\.0\.1:\d+ does not answer: after 10 s\n\/gone is left out: /,
  )
  isStopping = true
  await assert.rejects(readSite(root, told), { message: 'stopped' })
})

test('a site that breaks off is read as a whole by another try; what is said names it', async (t) => {
  for (const half of ['/', '/half']) {
    const root = await open(t, ({ url }, response) => {
      if (url === half) response.write('<p>We', () => response.destroy())
      else response.end('<p>We build clocks for towers.</p><a href="half"></a>')
    })
    await assert.rejects(readSite(root, visit), { message: /^127\.0\.0\.1:\d+ does not answer: / })
  }
})

test('a sentence that stands on several pages is kept once', async (t) => {
  const sites = await openSites()
  t.after(() => sites.close())
  const pages = await readSite(`${sites.url}/papermoth/`, visit)
  const again = pages.map((page) => ({ ...page, url: `${page.url}?again` }))
  const texts = factsIn([...pages, ...again], postingOf('papermoth-reader')).map(({ text }) => text)
  assert.ok(texts.length > 7)
  assert.deepEqual(texts, [...new Set(texts)])
})
