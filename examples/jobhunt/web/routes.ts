// The web app: four pages, the changes to a letter, and Holdfast beside them. Every page is drawn from what is true when it is asked for.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { type App, changeLetter, lookAt } from '../app.ts'
import { fileOf, mailOf } from '../outbox.ts'
import { findPosting, postingOf, postings } from '../postings.ts'
import { conflictPage, faultPage, typedPage } from './fault-pages.ts'
import { longestLetter } from './letter-form.ts'
import { companiesPage, outboxPage, postingsPage } from './list-pages.ts'
import { postingPage } from './posting-page.ts'

/** A form sends two characters for the end of a line, and a textarea counts one. */
const asTyped = z.string().transform((sent) => sent.replaceAll('\r\n', '\n').trim())
/** What a letter's form sends. A page without a version has seen none: it cannot overwrite anything. */
const sent = z.object({ text: asTyped.catch(''), version: z.string().catch(''), verdict: z.enum(['save', 'approve']).catch('save') })

export function createPages(app: App): Hono {
  const pages = framed(app)
  const waiting = async () => (await app.results.approved()).length

  pages.get('/', async (context) => context.html(postingsPage(await lookAt(app), await waiting())))

  pages.get('/postings/:id', async (context) => {
    const posting = findPosting(context.req.param('id'))
    if (posting === null) return context.notFound()
    const [standing] = await lookAt(app, [posting])
    return standing === undefined ? context.notFound() : context.html(postingPage(standing, await waiting()))
  })

  pages.get('/companies', async (context) => context.html(companiesPage(await lookAt(app), app.sites, await waiting())))

  pages.get('/outbox', async (context) => context.html(outboxPage(await app.results.approved(), app.outbox)))

  pages.get('/outbox/:job', async (context) => {
    const letter = await app.results.letter(Number(context.req.param('job')))
    if (letter?.approvedAt == null) return context.notFound()
    return context.body(mailOf(letter), 200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${fileOf(letter)}"`,
    })
  })

  letters(pages, app)

  // For programs, such as the one that uses this app for an hour: how everything stands.
  pages.get('/state', async (context) => context.json({ postings: await lookAt(app, postings), outbox: await app.results.approved() }))

  return pages
}

/** Whatever becomes of it, what was typed is on the page that answers, or saved. */
function letters(pages: Hono, app: App): void {
  pages.post('/letters/:job', async (context) => {
    const job = Number(context.req.param('job'))
    const { text: typed, version, verdict } = sent.parse(await context.req.parseBody())
    if (typed.length < 1 || typed.length > longestLetter) return context.html(typedPage({ job, typed, version }, wrongLength(typed)), 422)
    try {
      const changed = await changeLetter(app, job, { text: typed, version, isApproval: verdict === 'approve' })
      if (changed === null) return context.notFound()
      const posting = postingOf(changed.letter.posting)
      if (changed.isDone) return context.redirect(`/postings/${posting.id}#letter`, 303)
      return context.html(conflictPage({ typed, posting }, changed.letter), 409)
    } catch (error) {
      if (!isBusy(error)) throw error
      return context.html(typedPage({ job, typed, version }, held), 503)
    }
  })

  // Where a page that has answered is loaded again, or its address is copied.
  pages.get('/letters/:job', async (context) => {
    const letter = await app.results.letter(Number(context.req.param('job')))
    return letter === null ? context.notFound() : context.redirect(`/postings/${letter.posting}#letter`)
  })
}

const held = {
  title: 'Not saved yet',
  sentence:
    'Another program holds the tables of jobhunt just now. Your text is below, as you typed it: press the button again in a moment.',
}

const wrongLength = ({ length }: string) => ({
  title: 'Not saved yet',
  sentence: `A letter has 1 to ${amount(longestLetter)} characters, and this one has ${amount(length)}. It is below, as you typed it.`,
})

const amount = (number: number): string => number.toLocaleString('en-GB')

const isBusy = (error: unknown): boolean => error instanceof HoldfastError && error.retryable

/** Holdfast, the files, and what is true of every answer. */
function framed({ holdfast }: App): Hono {
  const pages = new Hono()
  const jobs = createHandler(holdfast, { basePath: '/holdfast' })
  pages.mount('/holdfast', (request, ...rest) => jobs.fetch(request, ...rest), { replaceRequest: false })
  pages.use(csrf(), secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  pages.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
  })
  for (const [path, file] of Object.entries(files))
    pages.get(path, (context) => context.body(file.text, 200, { 'content-type': file.type }))
  pages.notFound((context) => context.html(faultPage(404), 404))
  pages.onError((error, context) => {
    if (error instanceof HTTPException && error.status === 403) return context.html(faultPage(403), 403)
    if (isBusy(error)) return context.html(faultPage(503), 503)
    console.error(error)
    return context.html(faultPage(500), 500)
  })
  return pages
}

const self = ["'self'"]
const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: self,
  styleSrc: self,
  imgSrc: self,
  connectSrc: self,
  formAction: self,
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = {
  '/style.css': {
    text: ['tokens', 'frame', 'pages', 'letter'].map((name) => read(`style/${name}.css`)).join('\n'),
    type: 'text/css; charset=utf-8',
  },
  '/page.js': { text: read('page.js'), type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
