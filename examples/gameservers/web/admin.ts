// What admins do: install the game, write blueprints, let people in; and the way in for everybody.
import { HoldfastError } from 'holdfast'
import { type App, installGame } from '../app.ts'
import type { Blueprint } from '../database.ts'
import { faultOf } from '../game/blueprint.ts'
import { readRuntime } from '../game/runtime.ts'
import { wantsJson } from './failures.ts'
import { forms, read } from './forms.ts'
import { adminPage, blueprintPage, blueprintsPage, signInPage } from './other-pages.ts'
import type { Pages } from './pages.ts'
import { missing, Refused } from './refused.ts'
import { only, ownPath, signedIn, signIn, signOut } from './visitor.ts'

export function mountAdmin(pages: Pages, app: App): void {
  const { holdfast } = app
  mountSignIn(pages, app)
  mountBlueprints(pages, app)

  pages.get('/admin', only('admin'), async (c) => {
    const runtime = await holdfast.artifact('runtime').current()
    const found = runtime && (await readRuntime(runtime.path))
    const { kinds } = await holdfast.activity({ kind: ['install'] })
    const is = found ? `teeworlds ${found.version} from ${found.from}` : ''
    return c.html(adminPage({ visitor: signedIn(c), runtime, is, active: kinds[0]?.active ?? null, users: await holdfast.access.users() }))
  })

  pages.post('/admin/install', only('admin'), async (c) => {
    const { source } = await read(c, forms.install)
    const job = await installGame(app, source, signedIn(c).name)
    if (wantsJson(c)) return c.json({ job: job.id }, 202)
    return c.redirect('/jobs', 303)
  })

  pages.post('/admin/people', only('admin'), async (c) => {
    await holdfast.access.addUser(await read(c, forms.person))
    return c.redirect('/admin', 303)
  })

  pages.post('/admin/people/remove', only('admin'), async (c) => {
    const { name } = await read(c, forms.removal)
    if (name === signedIn(c).name) throw new Refused('Another admin can remove you; without one nobody could let anybody in.')
    await holdfast.access.removeUser(name)
    return c.redirect('/admin', 303)
  })
}

function mountBlueprints(pages: Pages, { database }: App): void {
  const blueprintOf = async (id: string): Promise<Blueprint> =>
    (await database.blueprint(Number(id))) ?? missing(`There is no blueprint ${id}.`)
  const usersOf = async ({ id }: Blueprint) => (await database.servers()).filter(({ blueprintId }) => blueprintId === id)

  pages.get('/blueprints', only('operator'), async (c) =>
    c.html(blueprintsPage({ visitor: signedIn(c), blueprints: await database.blueprints() })),
  )

  pages.get('/blueprints/:id', only('operator'), async (c) => {
    const blueprint = await blueprintOf(c.req.param('id'))
    return c.html(blueprintPage({ visitor: signedIn(c), blueprint, servers: await usersOf(blueprint), fault: null }))
  })

  pages.post('/blueprints', only('admin'), async (c) => {
    const { name } = await read(c, forms.blueprint)
    const added = await database.addBlueprint(name, 'sv_name "{name}"\nsv_map dm1\n', signedIn(c).name)
    if (added === undefined) throw new Refused(`There is a blueprint called ${name} already.`)
    return c.redirect(`/blueprints/${added.id}`, 303)
  })

  pages.post('/blueprints/:id', only('admin'), async (c) => {
    const blueprint = await blueprintOf(c.req.param('id'))
    const { template } = await read(c, forms.template)
    const fault = faultOf(template)
    if (fault !== null) {
      const typed = { ...blueprint, template }
      return c.html(blueprintPage({ visitor: signedIn(c), blueprint: typed, servers: await usersOf(blueprint), fault }), 422)
    }
    await database.changeBlueprint(blueprint.id, template, signedIn(c).name)
    return c.redirect(`/blueprints/${blueprint.id}`, 303)
  })
}

function mountSignIn(pages: Pages, { holdfast }: App): void {
  pages.get('/sign-in', (c) => c.html(signInPage({ fault: null, next: c.req.query('next') ?? '/' })))

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
