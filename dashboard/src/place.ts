// Where the dashboard lives: every address is made from the page's <base href>, so that any prefix works.
const base = new URL('.', document.baseURI)

/** "/" or "/holdfast/": what the router's paths begin with. */
export const basePath = base.pathname

export function link(path: string, query: Record<string, string | undefined> = {}): string {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') url.searchParams.set(name, value)
  return url.pathname + url.search + url.hash
}

/** For commands that people copy. */
export const serverUrl = base.href
