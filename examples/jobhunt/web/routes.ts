// The web app: three pages, the changes to a letter, and Holdfast beside them. Every page is drawn from what is true when it is asked for.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { type App, lookAt } from '../app.ts'
import { fileOf, mailOf } from '../mail.ts'
import { findPosting } from '../postings.ts'
import type { Letter } from '../results.ts'
import { faultPage, outboxPage, postingsPage } from './list-pages.ts'
import { longestLetter, notKeptPage, postingPage } from './posting-page.ts'

export function createPages(app: App): Hono {
  const pages = framed(app)
  const letterOf = (context: Context) => app.results.letter(Number(context.req.param('job')))

  pages.get('/', async (context) => context.html(postingsPage(await lookAt(app))))

  pages.get('/postings/:id', async (context) => {
    const posting = findPosting(context.req.param('id'))
    const [standing] = posting === null ? [] : await lookAt(app, [posting])
    return standing === undefined ? context.notFound() : context.html(postingPage(standing))
  })

  pages.get('/outbox', async (context) => context.html(outboxPage(await app.results.approved())))

  pages.get('/outbox/:job', async (context) => {
    const letter = await letterOf(context)
    if (letter?.approvedAt == null) return context.notFound()
    const disposition = `attachment; filename="${fileOf(letter)}"`
    return context.body(mailOf(letter), 200, { 'content-type': 'message/rfc822', 'content-disposition': disposition })
  })

  pages.get('/letters/:job', async (context) => {
    const letter = await letterOf(context)
    return letter === null ? context.notFound() : context.redirect(pageOf(letter))
  })

  pages.post('/letters/:job', async (context) => {
    const sent = letterForm.safeParse(await context.req.parseBody())
    if (!sent.success)
      return context.html(faultPage('Not saved', `A letter has 1 to ${longestLetter.toLocaleString('en-GB')} characters.`), 422)
    const { verdict, ...change } = sent.data
    const typed = { job: Number(context.req.param('job')), ...change }
    try {
      const changed = await app.results.change(typed.job, { ...change, isApproval: verdict === 'approve' })
      if (changed === null) return context.notFound()
      if (changed.isDone) return context.redirect(pageOf(changed.letter), 303)
      return context.html(notKeptPage(conflict(typed, changed.letter)), 409)
    } catch (error) {
      if (!isBusy(error)) throw error
      const sentence = `${held} What you typed is below: press the button again in a moment.`
      return context.html(notKeptPage({ title: 'Not saved yet', sentence, typed }), 503)
    }
  })

  return pages
}

const letterForm = z.object({
  // A form sends two characters for the end of a line, and a textarea counts one.
  text: z
    .string()
    .transform((sent) => sent.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().min(1).max(longestLetter)),
  // A page without a version has seen none: it cannot overwrite anything.
  version: z.coerce.number().catch(0),
  verdict: z.enum(['save', 'approve']).catch('save'),
})

const pageOf = ({ posting }: Letter): string => `/postings/${posting}#letter`

function conflict(typed: Pick<Letter, 'job' | 'text'>, saved: Letter) {
  const [title, sentence] =
    saved.approvedAt === null
      ? ['Changed in the meantime', 'The letter was changed from another window after you opened it. Both are here, and you choose.']
      : ['Approved in the meantime', 'The letter does not change any more. What you typed is still here, to be copied.']
  return { title, sentence, typed: { ...typed, version: saved.version }, saved }
}

const held = 'Another program holds the tables of jobhunt just now.'

const isBusy = (error: unknown): boolean => error instanceof HoldfastError && error.retryable

/** Holdfast, the files, and what is true of every answer. */
function framed({ holdfast }: App): Hono {
  const pages = new Hono()
  const jobs = createHandler(holdfast, { basePath: '/holdfast' })
  pages.mount('/holdfast', (request, ...rest) => jobs.fetch(request, ...rest), { replaceRequest: false })
  pages.use(csrf(), secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  for (const [path, { text, type }] of Object.entries(files)) pages.get(path, ({ body }) => body(text, 200, { 'content-type': type }))
  pages.notFound((context) =>
    context.html(faultPage('There is no such page', 'Perhaps the address has a slip, or the posting is gone.'), 404),
  )
  pages.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    if (isBusy(error)) return context.html(faultPage('Busy', `${held} Nothing is lost: load the page again in a moment.`), 503)
    console.error(error)
    return context.html(faultPage('Something broke', 'What it says stands in the terminal; tasks that run are not touched by it.'), 500)
  })
  return pages
}

const policy = { defaultSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] }

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = {
  '/style.css': {
    text: ['tokens', 'frame', 'pages', 'letter'].map((name) => read(`style/${name}.css`)).join('\n'),
    type: 'text/css; charset=utf-8',
  },
  '/page.js': { text: read('page.js'), type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
