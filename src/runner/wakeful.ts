// Does a piece of work whenever it is woken, one at a time; a wake-up during the work makes it happen once more.

export interface Wakeful {
  wake(): void
  /** Resolves when the work at hand is done. */
  idle(): Promise<void>
}

/** `work` must handle its own errors. */
export function wakeful(work: () => Promise<void>, closing: AbortSignal): Wakeful {
  let again = false
  let working: Promise<void> | null = null

  // Whether to go on and being done are decided in one turn: a wake-up falls before or after, never in between.
  async function workWhileWoken(): Promise<void> {
    while (again && !closing.aborted) {
      again = false
      await work()
    }
    working = null
  }

  return {
    wake() {
      again = true
      working ??= closing.aborted ? null : workWhileWoken()
    },
    idle: async () => (await working) ?? undefined,
  }
}
