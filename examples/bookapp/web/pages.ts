// The routes: shelf, order form, a book's page, its chapters, its files, and the dashboard beside them. Every answer is read anew.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../app.ts'
import { bookIdsOf, fileNames } from '../book.ts'
import { type BookOrder, bookId, newFormId, orderId, orderSchema } from '../order.ts'
import { openShelf } from '../shelf.ts'
import { bookPage, chapterPage } from './book-page.ts'
import { framed, messagePage } from './frame.ts'
import { type Asked, orderPage } from './order-page.ts'
import { shelfPage } from './shelf-page.ts'

export function createPages(app: App): Hono {
  const pages = withFrame(app)
  const shelf = openShelf(app.holdfast)

  pages.get('/', async (context) => {
    const shown = await shelf.page(Number(context.req.query('page') ?? 1))
    return shown === null ? missing(context, app) : context.html(framed(app, 'Shelf', shelfPage(app, shown)))
  })

  const form = (asked: Asked, problems: Asked = {}) => framed(app, 'New book', orderPage(app, { asked, problems }))

  pages.get('/new', (context) => context.html(form({ id: newFormId() })))

  pages.post('/books', async (context) => {
    const asked = (await context.req.parseBody()) as Asked
    const checked = orderSchema.safeParse(asked)
    if (!checked.success) {
      const problems = Object.fromEntries(checked.error.issues.map(({ path, message }) => [path.join('.'), message]))
      return context.html(form(asked, problems), 422)
    }
    const order = { ...checked.data, id: orderId(checked.data) }
    const submitted = await app.holdfast.submit(app.kinds.generate, order, { submittedBy: 'the order form' }).catch(answerTo)
    // What was typed is not lost.
    if (Array.isArray(submitted)) return context.html(form(asked, { id: submitted[2] }), submitted[0])
    const { job, created } = submitted
    // Of the order that is being written, where the same form was sent before.
    const [book] = bookIdsOf(job.input as unknown as BookOrder)
    if (context.req.header('accept')?.includes('json')) return context.json({ job: job.id, created, book }, created ? 201 : 200)
    return context.redirect(`/books/${book}`, 303)
  })

  // What can be no book's name is on no shelf.
  pages.use('/books/:id/*', async (context, next) => (bookId.safeParse(context.req.param('id')).success ? next() : missing(context, app)))

  pages.get('/books/:id', async (context) => {
    const shelved = await shelf.book(context.req.param('id'))
    return shelved === null ? missing(context, app) : context.html(framed(app, shelved.title, bookPage(shelved)))
  })

  for (const [name, type] of Object.entries(bookFiles))
    pages.get(`/books/:id/${name}`, async (context) => {
      const bytes = await shelf.file(context.req.param('id') ?? '', name)
      return bytes === null ? missing(context, app) : context.body(bytes, 200, { 'content-type': type })
    })

  pages.get('/books/:id/:chapter{[0-9]+}', async (context) => {
    const number = Number(context.req.param('chapter'))
    const found = await shelf.chapter(context.req.param('id'), number)
    if (found === null) return missing(context, app)
    return context.html(framed(app, found.book.chapters[number - 1]?.title ?? '', chapterPage({ ...found, number })))
  })

  return pages
}

/** The dashboard, the files, and what is true of every answer. */
function withFrame(app: App): Hono {
  const pages = new Hono()
  const dashboard = createHandler(app.holdfast, { basePath: '/holdfast' })
  pages.all('/holdfast/*', ({ req }) => dashboard.fetch(req.raw))
  pages.use(secureHeaders({ contentSecurityPolicy, referrerPolicy: 'same-origin' }), csrf(), async (context, next) => {
    context.header('cache-control', 'no-store')
    await next()
  })
  for (const [path, [text, type]] of Object.entries(ownFiles))
    pages.get(path, (context) => context.body(text, 200, { 'content-type': type }))
  pages.notFound((context) => missing(context, app))
  pages.onError((error, context) => {
    const [status, title, text] = answerTo(error)
    return context.html(framed(app, title, messagePage(title, text)), status)
  })
  return pages
}

/** What went wrong, for whoever sees the page; what is our own fault is in the app's log as well. */
function answerTo(error: unknown): [status: 403 | 409 | 500 | 503, title: string, text: string] {
  if (error instanceof HTTPException && error.status === 403)
    return [403, 'Not from here', 'This was sent by a page of another site. Open the page here, and send it again.']
  if (error instanceof HoldfastError) return [error.retryable ? 503 : 409, 'Not now', `${error.message} ${error.help}`]
  console.error(error)
  return [500, 'That went wrong', 'The fault is ours, and the log of the app has it. What is being written goes on.']
}

function missing(context: Context, app: App) {
  return context.html(framed(app, 'Not here', messagePage('Not on this shelf', 'There is no such book, or not yet.')), 404)
}

const [own, none] = [["'self'"], ["'none'"]]
const contentSecurityPolicy = { defaultSrc: own, formAction: own, baseUri: none, frameAncestors: none }

const bookFiles = {
  [fileNames.markdown]: 'text/markdown; charset=utf-8',
  [fileNames.epub]: 'application/epub+zip',
  [fileNames.cover]: 'image/svg+xml',
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const styles = ['tokens', 'page', 'shelf', 'form', 'book'].map((name) => read(`style/${name}.css`))
const ownFiles = {
  '/style.css': [styles.join('\n'), 'text/css; charset=utf-8'],
  '/icon.svg': [read('icon.svg'), 'image/svg+xml'],
} as const
