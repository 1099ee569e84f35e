// What admins do: install the game and write the blueprint; and the way in for everybody.
import { HoldfastError } from 'holdfast'
import type { App } from '../app.ts'
import { faultOf } from '../game/blueprint.ts'
import { readRuntime } from '../game/runtime.ts'
import { install, installInput } from '../kinds.ts'
import { adminPage, blueprintPage, signInPage } from './other-pages.ts'
import type { Pages } from './pages.ts'
import { refuse } from './refuse.ts'
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
    const { data: input } = installInput.safeParse({ source })
    const { job } = await holdfast.submit(install, input ?? refuse(422, 'The game is not to be had from there.'), {
      submittedBy: signedIn(c).name,
    })
    return c.redirect(`/jobs#job-${job.id}`, 303)
  })

  pages.get('/blueprint', only('operator'), async (c) => c.html(blueprintPage({ visitor: signedIn(c), ...(await database.blueprint()) })))

  pages.post('/blueprint', only('admin'), async (c) => {
    const template = String((await c.req.parseBody()).template ?? refuse(422, 'The template is missing.')).replaceAll('\r\n', '\n')
    const fault = faultOf(template)
    if (fault === null) await database.changeBlueprint(template)
    const { revision } = await database.blueprint()
    return fault === null ? c.redirect('/blueprint', 303) : c.html(blueprintPage({ visitor: signedIn(c), template, revision, fault }), 422)
  })
}

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
