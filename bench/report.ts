// From samples to what the README can take over: quantiles and small Markdown tables. Knows no bench.

/** The value below which `part` of the samples lie (nearest rank). */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Half of all samples lie between its ends. Tells noise from signal. */
export function middleHalf(samples: readonly number[]): string {
  return `${fixed(quantile(samples, 0.25))}–${fixed(quantile(samples, 0.75))}`
}

export function fixed(value: number, digits = 2): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits)
}

/** The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

/** `target met` or by how much it was missed; a missed target is said, never rounded away. */
export function judged(value: number, target: number, wanted: 'at most' | 'at least'): string {
  const met = wanted === 'at most' ? value <= target : value >= target
  return met ? 'met' : `**missed** (${fixed(value / target)} × the target)`
}
