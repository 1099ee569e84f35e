// The same page as a server draws it.
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { App, propsOf } from './app.ts'

export function draw(search: string): string {
  return renderToString(createElement(App, propsOf(search)))
}
