// Work on many files, so many at a time.
import { limits } from '../core/limits.ts'

export async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(items.length, limits.filesAtOnce) }, worker))
}
