// Which test files are meant by the words behind `node tools/test.ts`. It reads names, no contents.
import { globSync } from 'node:fs'

const folders = ['src', 'test', 'examples', 'dashboard']
const notOurs = ['**/node_modules/**', '**/dist/**']

/** Relative to the root. `only`: starts of paths; nothing means all. What is named by its whole path is meant in any case. */
export function testFiles(root: string, { only, long }: { only: readonly string[]; long: boolean }): string[] {
  const all = folders.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root, exclude: notOurs }))
  return all
    .filter((file) => only.includes(file) || file.endsWith('.long.test.ts') === long)
    .filter((file) => only.length === 0 || only.some((path) => file.startsWith(path)))
    .sort()
}
