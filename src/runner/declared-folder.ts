// The folder that a function writes one of its artifacts into. Made before it began; knows no launcher.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { notDeclared } from './job-context.ts'

/** @throws Error for an artifact that the kind does not declare */
export function declaredFolder(staging: string, artifact: string, declared: readonly string[]): string {
  const folder = join(staging, artifact)
  if (declared.includes(artifact) && existsSync(folder)) return folder
  throw notDeclared(artifact)
}
