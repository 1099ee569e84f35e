// The web app: four pages, the changes to a letter, and Holdfast beside them. Every page is drawn from what is true when it is asked for.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { type App, approve, lookAt } from '../app.ts'
import { fileOf, mailOf } from '../outbox.ts'
import { findPosting, postings } from '../postings.ts'
import { companiesPage, outboxPage, postingsPage } from './list-pages.ts'
import { postingPage } from './posting-page.ts'

const longest = 20_000
/** A form sends two characters for the end of a line, and a textarea counts one. */
const text = z
  .string()
  .transform((sent) => sent.replaceAll('\r\n', '\n').trim())
  .pipe(z.string().min(1).max(longest))
const change = z.object({ text, verdict: z.enum(['save', 'approve']) })

export function createPages(app: App): Hono {
  const pages = framed(app)
  const waiting = () => app.results.approved().length

  pages.get('/', async (context) => context.html(postingsPage(await lookAt(app), waiting())))

  pages.get('/postings/:id', async (context) => {
    const posting = findPosting(context.req.param('id'))
    if (posting === null) return context.notFound()
    const [standing] = await lookAt(app, [posting])
    return standing === undefined ? context.notFound() : context.html(postingPage(standing, waiting()))
  })

  pages.get('/companies', async (context) => context.html(companiesPage(await lookAt(app), app.sites, waiting())))

  pages.get('/outbox', (context) => context.html(outboxPage(app.results.approved(), app.outbox)))

  pages.get('/outbox/:job', (context) => {
    const letter = app.results.letter(Number(context.req.param('job')))
    if (letter?.approvedAt == null) return context.notFound()
    return context.body(mailOf(letter), 200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${fileOf(letter)}"`,
    })
  })

  pages.post('/letters/:job', async (context) => {
    const letter = app.results.letter(Number(context.req.param('job')))
    if (letter === null) return context.notFound()
    const asked = change.safeParse(await context.req.parseBody())
    if (!asked.success) return context.text(`A letter has 1 to ${longest} characters.`, 422)
    if (asked.data.verdict === 'approve') approve(app, letter.job, asked.data.text)
    else app.results.edit(letter.job, asked.data.text)
    return context.redirect(`/postings/${letter.posting}#letter`, 303)
  })

  // For programs, such as the one that uses this app for an hour: how everything stands.
  pages.get('/state', async (context) => context.json({ postings: await lookAt(app, postings), outbox: app.results.approved() }))

  return pages
}

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
  pages.onError((error, context) => {
    if ('getResponse' in error && typeof error.getResponse === 'function') return error.getResponse()
    if (!(error instanceof HoldfastError)) console.error(error)
    return context.text(error.message, error instanceof HoldfastError && error.retryable ? 503 : 500)
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
