// Of what is told again, the parts that have not changed stay the objects they were. Pure.

/** `told`, made of the parts of `before` that equal it; `before` itself when all is equal. Both are JSON. */
export function kept<View>(before: unknown, told: View): View {
  if (before === told) return told
  if (!isObject(before) || !isObject(told) || Array.isArray(before) !== Array.isArray(told)) return told
  if (Array.isArray(told)) return keptList(before as unknown as unknown[], told) as View
  // Own names only, also "__proto__", which JSON may have.
  const own = new Map(Object.entries(before))
  const made = Object.entries(told).map(([name, value]) => [name, kept(own.get(name), value)] as const)
  const isSame = own.size === made.length && made.every(([name, value]) => own.has(name) && Object.is(value, own.get(name)))
  return (isSame ? before : Object.fromEntries(made)) as View
}

// What has a number of its own is found again wherever it stands.
function keptList(before: readonly unknown[], told: readonly unknown[]): readonly unknown[] {
  const byId = new Map(before.filter((entry) => idOf(entry) !== undefined).map((entry) => [idOf(entry), entry]))
  const made = told.map((entry, place) => kept(byId.get(idOf(entry)) ?? before[place], entry))
  return made.length === before.length && made.every((entry, place) => Object.is(entry, before[place])) ? before : made
}

function idOf(entry: unknown): unknown {
  return isObject(entry) ? entry.id : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
