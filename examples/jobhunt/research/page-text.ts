// From HTML to what a reader sees: title, paragraphs, links. Pure.
import { type HTMLElement, parse } from 'node-html-parser'

export interface PageText {
  title: string
  paragraphs: string[]
  /** Absolute, without what stands behind #. */
  links: string[]
}

export function readPage(html: string, url: string): PageText {
  const page = parse(html)
  const links = page.querySelectorAll('a[href]').flatMap((link) => absolute(link.getAttribute('href') ?? '', url))
  const title = page.querySelector('title')?.text.trim() ?? ''
  // What is on every page says nothing of this one.
  for (const element of page.querySelectorAll('script, style, nav, header, footer, template')) element.remove()
  const paragraphs = page.querySelectorAll('p, li, td, dd').filter(isProse)
  return { title, paragraphs: paragraphs.map(textOf), links: [...new Set(links)] }
}

/** Not what is only a list of links. */
function isProse(element: HTMLElement): boolean {
  const linked = element.querySelectorAll('a').reduce((length, link) => length + textOf(link).length, 0)
  return textOf(element).length > 1.4 * linked
}

const textOf = ({ text }: HTMLElement): string => text.replace(/\s+/g, ' ').trim()

function absolute(href: string, url: string): string[] {
  const parsed = URL.parse(href, url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return []
  parsed.hash = ''
  return [parsed.href]
}
