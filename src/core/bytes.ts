// An amount of bytes in words, as it stands in log lines, failures and terminals: "613 MB", "1.5 GB". A KB has 1,024 bytes, as in `docker run --memory`.

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const

/** One place behind the point where that tells more: below ten of a unit, and not for bytes. */
export function bytesWords(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (unit < units.length - 1 && value >= 999.5) {
    value /= 1_024
    unit++
  }
  const rounded = unit > 0 && value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value)
  return `${rounded} ${units[unit]}`
}
