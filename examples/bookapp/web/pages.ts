// The routes: shelf, order form, a book's page, its chapters, its files, and the dashboard beside them. Every answer is read anew.
import { readFileSync } from 'node:fs'
import { HoldfastError } from 'holdfast'
import { createHandler } from 'holdfast/http'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type App, newId, orderBook } from '../app.ts'
import { fileNames, slugOf } from '../book.ts'
import { bookId, bookIdsOf, orderSchema } from '../order.ts'
import { openShelf } from '../shelf.ts'
import { bookPage } from './book-page.ts'
import { chapterPage } from './chapter-page.ts'
import { framed, messagePage } from './frame.ts'
import { type Asked, orderPage } from './order-page.ts'
import { shelfPage } from './shelf-page.ts'

export function createPages(app: App): Hono {
  const pages = withFrame(app)
  const shelf = openShelf(app.holdfast)

  pages.get('/', async (context) => context.html(framed(app, 'Shelf', shelfPage(app, await shelf.all()))))

  pages.get('/new', (context) => context.html(framed(app, 'New book', orderPage(app, { asked: { id: newId('order') }, problems: {} }))))

  pages.post('/books', async (context) => {
    const asked = (await context.req.parseBody()) as Asked
    const checked = orderSchema.safeParse(asked)
    if (!checked.success) {
      const problems = Object.fromEntries(checked.error.issues.map(({ path, message }) => [path.join('.'), message]))
      return context.html(framed(app, 'New book', orderPage(app, { asked, problems })), 422)
    }
    // The form's own number stays in it, so that a form sent twice is one book; its title is what people see in the address.
    const id = `${slugOf(checked.data.title)}-${checked.data.id.slice(-6)}`
    const { job, created } = await orderBook(app, { ...checked.data, id }, 'the order form')
    const [first = id] = bookIdsOf({ ...checked.data, id })
    if (context.req.header('accept')?.includes('json')) return context.json({ job: job.id, created, book: first }, created ? 201 : 200)
    return context.redirect(`/books/${first}`, 303)
  })

  // What can be no book's name is on no shelf.
  pages.use('/books/:id/*', async (context, next) => (bookId.safeParse(context.req.param('id')).success ? next() : missing(context, app)))

  pages.get('/books/:id', async (context) => {
    const shelved = await shelf.book(context.req.param('id'))
    return shelved === null ? missing(context, app) : context.html(framed(app, shelved.title, bookPage(shelved)))
  })

  for (const [type, name] of [
    ['text/markdown; charset=utf-8', fileNames.markdown],
    ['application/epub+zip', fileNames.epub],
    ['image/svg+xml', fileNames.cover],
  ] as const)
    pages.get(`/books/:id/${name}`, async (context) => {
      const id = context.req.param('id') ?? ''
      const bytes = await shelf.file(id, name)
      if (bytes === null) return missing(context, app)
      const disposition = name === fileNames.cover ? 'inline' : `attachment; filename="${id}${name.slice(name.lastIndexOf('.'))}"`
      return context.body(new Uint8Array(bytes), 200, { 'content-type': type, 'content-disposition': disposition })
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
  pages.all('/holdfast', (context) => dashboard.fetch(context.req.raw))
  pages.all('/holdfast/*', (context) => dashboard.fetch(context.req.raw))
  const own = ["'self'"]
  const nothing = { defaultSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"] }
  pages.use(
    secureHeaders({
      contentSecurityPolicy: { ...nothing, scriptSrc: own, styleSrc: own, imgSrc: [...own, 'data:'], connectSrc: own, formAction: own },
      strictTransportSecurity: false,
      referrerPolicy: 'same-origin',
    }),
    csrf(),
    async (context, next) => {
      await next()
      context.header('cache-control', 'no-store')
    },
  )
  for (const [path, { text, type }] of Object.entries(files))
    pages.get(path, (context) => context.body(text, 200, { 'content-type': type }))
  pages.notFound((context) => missing(context, app))
  pages.onError((error, context) => {
    const { status, title, text } = told(error)
    return context.html(framed(app, title, messagePage(title, text)), status)
  })
  return pages
}

/** What went wrong, for whoever sees the page; what is our own fault is in the app's log as well. */
function told(error: Error): { status: ContentfulStatusCode; title: string; text: string } {
  if (error instanceof HTTPException && error.status === 403)
    return { status: 403, title: 'Not from here', text: 'This was sent by a page of another site. Open the page here, and send it again.' }
  if (error instanceof HoldfastError && error.retryable)
    return { status: 503, title: 'Not now', text: `${error.message} Try again in a moment; nothing is lost.` }
  if (error instanceof HoldfastError) return { status: 409, title: 'That cannot be done', text: `${error.message} ${error.help}` }
  console.error(error)
  return { status: 500, title: 'That went wrong', text: 'The fault is ours, and the log of the app has it. What is being written goes on.' }
}

function missing(context: Context, app: App) {
  return context.html(framed(app, 'Not here', messagePage('Not on this shelf', 'There is no such book, or not yet.')), 404)
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = {
  '/style.css': {
    text: ['tokens.css', 'page.css', 'shelf.css', 'form.css', 'book.css'].map((name) => read(`style/${name}`)).join('\n'),
    type: 'text/css; charset=utf-8',
  },
  '/icon.svg': { text: read('icon.svg'), type: 'image/svg+xml' },
}
