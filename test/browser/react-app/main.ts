// The page of the app: drawn from nothing, or brought to life where the server has drawn it.
import { createElement } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { App, drawn, propsOf } from './app.ts'

const root = document.querySelector('#root')
if (root === null) throw new Error('There is no #root.')
const app = createElement(App, propsOf(location.search))
const onRecoverableError = (error: unknown) => console.error('recovered', error)
if (root.hasChildNodes()) hydrateRoot(root, app, { onRecoverableError })
else createRoot(root, { onRecoverableError }).render(app)
Object.assign(globalThis, { drawn })
