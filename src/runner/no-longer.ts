// Waits for a piece of work, and no longer than so long; then it goes on by itself.
import type { Clock } from '../core/clock.ts'

export async function noLonger({ clock }: { clock: Clock }, work: Promise<unknown>, ms: number): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, clock.sleep(ms, over.signal).catch(() => undefined)])
  over.abort()
}
