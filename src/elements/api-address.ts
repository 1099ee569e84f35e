// Where the server is: what the element says, what the page's code said once, or where this script came from.

let said: string | null = null

/** For pages whose script is bundled with the app's own, so that it does not come from the server. */
export function setApi(address: string): void {
  said = address
}

/** With a slash at the end, as addresses are resolved against it. Null: it is none. */
export function apiAddress(given: string | null): string | null {
  const folder = given ?? said ?? ownFolder() ?? '.'
  const url = URL.parse(folder.endsWith('/') || folder === '.' ? folder : `${folder}/`, document.baseURI)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

/** Served by Holdfast the script is called `elements.js` and lies where everything lies; by a bundler it is called otherwise. */
function ownFolder(): string | null {
  return /^(https?:(?!.*\/node_modules\/)[^?#]*\/)elements\.js(\?|$)/.exec(import.meta.url)?.[1] ?? null
}
