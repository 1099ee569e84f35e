// The installed game: a folder, and a note in it of what is where. Made by a source, read by whoever starts a server.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const runtime = z.object({
  /** Where it comes from and which version it is, for people. */
  from: z.string(),
  version: z.string(),
  /** Inside the folder: the program, and the game's own files. */
  program: z.string(),
  data: z.string(),
})
export type Runtime = z.infer<typeof runtime>

const note = 'runtime.json'

export async function readRuntime(folder: string): Promise<Runtime> {
  return runtime.parse(JSON.parse(await readFile(join(folder, note), 'utf8')))
}

export async function writeRuntime(folder: string, is: Runtime): Promise<void> {
  await writeFile(join(folder, note), JSON.stringify(is, null, 2))
}
