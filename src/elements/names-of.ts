// Names as they are written in an attribute, apart by space or comma.

export function namesOf(text: string | null): ReadonlySet<string> {
  return new Set((text ?? '').split(/[\s,]+/).filter((name) => name !== ''))
}
