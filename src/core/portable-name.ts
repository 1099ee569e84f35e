// Names of files that get lost on the way: in an archive, on another system, on a screen. Pure.

/** Why a file of this name cannot be published; null: it can. `name` is null where it is no UTF-8. */
export function nameTrouble(name: string | null): string | null {
  if (name === null) return 'its name is no valid UTF-8'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'its name has a control character in it, such as a line break'
  if (name.includes('\\')) return 'its name has a backslash in it, which separates folders elsewhere'
  return null
}

/** A name that another one of the folder is equal to, as people see it and other systems store it; null: all differ. */
export function sameName(names: readonly string[]): string | null {
  const seen = new Set<string>()
  for (const name of names) {
    const composed = name.normalize('NFC')
    if (seen.has(composed)) return name
    seen.add(composed)
  }
  return null
}
