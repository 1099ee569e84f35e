// Text in XML: what has a meaning there is escaped, what may not stand there at all is left out. Pure.

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function xml(text: string): string {
  const allowed = text.toWellFormed().replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
  return allowed.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
