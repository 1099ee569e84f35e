// Puts all stories on the page, with `#part-of-a-name` only those.
import '../../../src/elements/index.ts'
import { stories } from './stories.ts'

const theme = new URLSearchParams(location.search).get('theme')
const wanted = decodeURIComponent(location.hash.slice(1))
if (theme !== null) document.documentElement.dataset.theme = theme

const tags = [...new Set(stories.map(({ tag }) => tag))].filter((tag) => tag.includes(wanted))
for (const tag of tags) {
  const section = make('section', { id: tag }, make('h2', {}, `<${tag}>`))
  for (const [place, story] of stories.entries()) {
    if (story.tag !== tag) continue
    const inside =
      story.slot === undefined ? [] : [make(story.slot.tag, { ...story.slot.attributes, api: `/story/${place}/`, ...themed() })]
    const element = make(tag, { ...story.attributes, api: `/story/${place}/`, ...themed() }, ...inside)
    section.append(make('figure', {}, make('figcaption', {}, story.title), element))
  }
  document.querySelector('main')?.append(section)
}

function themed(): Record<string, string> {
  return theme === null ? {} : { theme }
}

function make(tag: string, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}
