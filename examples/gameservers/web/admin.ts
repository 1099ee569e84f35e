// What admins do: install the game and write the blueprint; and the way in for everybody.
import { HoldfastError } from 'holdfast'
import type { App } from '../app.ts'
import { faultOf } from '../game/blueprint.ts'
import { readRuntime } from '../game/runtime.ts'
import { install, installInput } from '../kinds.ts'
import { refuse } from './failures.ts'
import { adminPage, blueprintPage, signInPage } from './other-pages.ts'
import type { Pages } from './pages.ts'
import { only, ownPath, signedIn, signIn, signOut } from './visitor.ts'

export function mountAdmin(pages: Pages, { holdfast, database }: App): void {
  mountSignIn(pages, holdfast)

  pages.get('/admin', only('admin'), async (c) => {
    const snapshot = await holdfast.artifact('runtime').current()
    const installed = snapshot && { ...snapshot, ...(await readRuntime(snapshot.path)) }
    const { kinds } = await holdfast.activity({ kind: [install.kind] })
    return c.html(adminPage({ visitor: signedIn(c), installed, active: kinds[0]?.active ?? null, data: holdfast.data }))
  })

  pages.post('/admin/install', only('admin'), async (c) => {
    const { source = 'debian' } = await c.req.parseBody()
    const input = installInput.safeParse({ source }).data ?? refuse(422, 'The game is not to be had from there.')
    const { job } = await holdfast.submit(install, input, { submittedBy: signedIn(c).name })
    if (installInput.parse(job.input).source !== source) refuse(409, `It is being installed from elsewhere already, by job ${job.id}.`)
    return c.redirect(`/jobs#job-${job.id}`, 303)
  })

  pages.get('/blueprint', only('operator'), async (c) => c.html(blueprintPage({ visitor: signedIn(c), ...(await database.blueprint()) })))

  pages.post('/blueprint', only('admin'), async (c) => {
    const form = await c.req.parseBody()
    const template = String(form.template ?? refuse(422, 'The template is missing.')).replaceAll('\r\n', '\n')
    const { revision } = await database.blueprint()
    const fault = form.revision === String(revision) ? faultOf(template) : overtaken
    if (fault === null && (await database.changeBlueprint(template, revision))) return c.redirect('/blueprint', 303)
    return c.html(blueprintPage({ visitor: signedIn(c), template, revision, fault: fault ?? overtaken }), 422)
  })
}

const overtaken = 'Somebody has saved another revision meanwhile. Yours is below, and takes its place when you save it again.'

function mountSignIn(pages: Pages, holdfast: App['holdfast']): void {
  pages.get('/sign-in', (c) => c.html(signInPage({ next: c.req.query('next') ?? '/' })))

  pages.post('/sign-in', async (c) => {
    const { name, password, next } = await c.req.parseBody()
    try {
      await signIn(c, holdfast, { name: String(name), password: String(password) })
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      return c.html(signInPage({ fault: error.message, next: String(next) }), error.code === 'too_many' ? 429 : 401)
    }
    return c.redirect(ownPath(String(next), c.req.url), 303)
  })

  pages.post('/sign-out', async (c) => {
    await signOut(c, holdfast)
    return c.redirect('/', 303)
  })
}
