// The web app: its pages, the changes to a letter, and Holdfast beside them. Every page is drawn from what is true when it is asked for.
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
import type { Letter, Results } from '../results.ts'
import { faultPage, mostShown, outboxPage, postingsPage } from './list-pages.ts'
import { longestLetter, notKeptPage, postingPage } from './posting-page.ts'

export function createPages(app: App): Hono {
  const pages = framed(app)
  const { results } = app

  pages.get('/', async (context) => context.html(postingsPage(await lookAt(app))))

  pages.get('/outbox', async (context) => {
    const from = z.coerce.number().int().min(0).catch(0).parse(context.req.query('from'))
    return context.html(outboxPage(await results.approved(mostShown + 1, from), from))
  })

  pages.get('/outbox/:job', async (context) => {
    const letter = await results.letter(Number(context.req.param('job')))
    if (letter?.approvedAt == null) return context.notFound()
    const disposition = `attachment; filename="${fileOf(letter)}"`
    return context.body(mailOf(letter), 200, { 'content-type': 'message/rfc822', 'content-disposition': disposition })
  })

  const show = async (context: Context, id: string, letter: Letter | null) => {
    const posting = findPosting(id)
    if (posting === null) return context.notFound()
    const [research, letters] = await Promise.all([results.lastResearch(id), results.lettersOf(id)])
    return context.html(postingPage({ posting, research, letter, letters }))
  }

  pages.get('/postings/:id', async (context) => show(context, context.req.param('id'), await results.lastLetter(context.req.param('id'))))

  pages.get('/letters/:job', async (context) => {
    const letter = await results.letter(Number(context.req.param('job')))
    return letter === null ? context.notFound() : show(context, letter.posting, letter)
  })

  return pages.post('/letters/:job', (context) => change(context, results))
}

/** Saves a letter as it was typed, or approves it. Where that is not done, what was typed is on the page that says so. */
async function change(context: Context, results: Results): Promise<Response> {
  const { verdict, ...sent } = letterForm.parse(await context.req.parseBody())
  const typed = { job: Number(context.req.param('job')), ...sent }
  if (typed.text === '' || typed.text.length > longestLetter) {
    const sentence = `A letter has 1 to ${longestLetter.toLocaleString('en-GB')} characters.`
    return context.html(notKeptPage({ title: 'Not saved', sentence, typed }), 422)
  }
  try {
    const changed = await results.change(typed.job, { ...sent, isApproval: verdict === 'approve' })
    if (changed === null) return context.notFound()
    if (changed.isDone) return context.redirect(`/letters/${typed.job}#letter`, 303)
    return context.html(notKeptPage(conflict(typed, changed.letter)), 409)
  } catch (error) {
    const { status, sentence } = told(error)
    const below = `${sentence} What you typed is below: press the button again in a moment.`
    return context.html(notKeptPage({ title: 'Not saved yet', sentence: below, typed }), status)
  }
}

const letterForm = z.object({
  // A form sends two characters for the end of a line, and a textarea counts one.
  text: z
    .string()
    .catch('')
    .transform((sent) => sent.replaceAll('\r\n', '\n').trim()),
  // A page without a version has seen none: it cannot overwrite anything.
  version: z.coerce.number().catch(0),
  verdict: z.enum(['save', 'approve']).catch('save'),
})

function conflict(typed: Pick<Letter, 'job' | 'text'>, saved: Letter) {
  const [title, sentence] =
    saved.approvedAt === null
      ? ['Changed in the meantime', 'The letter was changed from another window after you opened it. Both are here, and you choose.']
      : ['Approved in the meantime', 'The letter does not change any more. What you typed is still here, to be copied.']
  return { title, sentence, typed: { ...typed, version: saved.version }, saved }
}

/** For whoever sees the page; what is more than tables that are held for a moment stands in the terminal as well. */
function told(error: unknown): { status: 500 | 503; title: string; sentence: string } {
  const known = error instanceof HoldfastError ? error : null
  if (known?.code !== 'database_busy') console.error(error)
  if (known !== null) return { status: known.retryable ? 503 : 500, title: 'Not now', sentence: `${known.message} ${known.help}` }
  return { status: 500, title: 'Something broke', sentence: 'What it says stands in the terminal; tasks that run are not touched by it.' }
}

/** Holdfast, the files, and what is true of every answer. */
function framed({ holdfast }: App): Hono {
  const pages = new Hono()
  const dashboard = createHandler(holdfast, { basePath: '/holdfast' })
  pages.all('/holdfast/*', ({ req }) => dashboard.fetch(req.raw))
  pages.use(csrf(), secureHeaders({ contentSecurityPolicy: policy, referrerPolicy: 'same-origin' }))
  for (const [path, [text, type]] of Object.entries(files)) pages.get(path, ({ body }) => body(text, 200, { 'content-type': type }))
  pages.notFound((context) =>
    context.html(faultPage('There is no such page', 'Perhaps the address has a slip, or the posting is gone.'), 404),
  )
  pages.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    const { status, title, sentence } = told(error)
    return context.html(faultPage(title, sentence), status)
  })
  return pages
}

const policy = { defaultSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] }

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = {
  '/style.css': [['tokens', 'frame', 'pages', 'letter'].map((name) => read(`style/${name}.css`)).join('\n'), 'text/css; charset=utf-8'],
  '/page.js': [read('page.js'), 'text/javascript; charset=utf-8'],
  '/icon.svg': [read('icon.svg'), 'image/svg+xml'],
} as const
