// Lines as an address names them: `#L420`, or `#L420-L440`. Pure.

export interface LineRange {
  from: number
  to: number
}

export function rangeOfHash(hash: string): LineRange | null {
  const [, first, last = first] = /^#L(\d{1,15})(?:-L?(\d{1,15}))?$/.exec(hash) ?? []
  const [one, other] = [Number(first), Number(last)]
  if (!(one > 0 && other > 0)) return null
  return { from: Math.min(one, other), to: Math.max(one, other) }
}

export function hashOfRange({ from, to }: LineRange): string {
  return from === to ? `#L${from}` : `#L${from}-L${to}`
}

export function isWithin({ from, to }: LineRange, seq: number): boolean {
  return from <= seq && seq <= to
}

/** The part of it that is among these lines; null: none. The same object while the range is the same, so that nothing is drawn again. */
export function touches(range: LineRange | null, lines: readonly { seq: number }[]): LineRange | null {
  if (range === null) return null
  return (lines[0]?.seq ?? Number.POSITIVE_INFINITY) <= range.to && range.from <= (lines.at(-1)?.seq ?? 0) ? range : null
}
