// What the peers would print while they are measured: nothing but what is wrong. The same for all.

export const silentLogger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message: string) => console.error(message),
}

/** A package of this folder. Not a literal import: the repository is type-checked without them installed. */
export async function peer<Module>(name: string): Promise<Module> {
  return (await import(name)) as Module
}
