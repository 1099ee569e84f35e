// Instants as schemas write them (ISO 8601, in UTC) and as the browser's own field has them (this place's clock, without a zone). Pure but for the place.

/** "2026-11-29T04:00:00.000Z" or '' as "2026-11-29T05:00:00" or ''. */
export function localOf(iso: string): string {
  if (iso === '') return ''
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

export function isoOf(local: string): string {
  const at = new Date(local)
  return local === '' || Number.isNaN(at.getTime()) ? '' : at.toISOString().replace('.000Z', 'Z')
}

/** The browser's field can show it without changing it: else it stays text. */
export function isSecondLocally(iso: string): boolean {
  return iso === '' || (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso) && !Number.isNaN(Date.parse(iso)))
}

/** A day that there is, or none yet: the browser's own field shows nothing else. */
export function isDay(text: string): boolean {
  return text === '' || (/^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true)
}
