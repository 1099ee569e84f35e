// The built dashboard, read into memory: only files that were found in its folder can be served. Knows no route.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { httpBounds } from './bounds.ts'

export interface DashboardFiles {
  /** The page, made to find its files from `base`. */
  page(base: string): string
  /** A file by its path, such as `/assets/index-1a2b3c.js`. */
  file(path: string): DashboardFile | undefined
  /** The script of the page elements; its name is the same in every version. */
  elements(): DashboardFile | undefined
}

export interface DashboardFile {
  body: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
}

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  // No text can become markup or script, also not by a slip of ours: the browser itself refuses.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': pagePolicy,
  'cache-control': 'no-cache',
}

const mediaTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** In the package the build lies beside this folder, in the repository in the dashboard's own. */
export const dashboardFolders = [join(import.meta.dirname, '../dashboard'), join(import.meta.dirname, '../../dashboard/dist')]

/** Looks again when the page changed, so that a build during development needs no restart. */
export function openDashboard(folders: readonly string[] = dashboardFolders): DashboardFiles {
  let build: Build | undefined
  const current = (): Build | undefined => {
    const folder = folders.find((each) => existsSync(join(each, 'index.html')))
    if (folder === undefined) return undefined
    const changedAt = Math.max(...['index.html', 'elements.js'].map((name) => changeOf(join(folder, name))))
    if (build?.folder !== folder || build.changedAt !== changedAt) build = readBuild(folder, changedAt)
    return build
  }
  return {
    page: (base) => (current()?.page ?? notBuilt).replace('<!--base-->', `<base href="${base}">`),
    file: (path) => (build ?? current())?.files.get(path),
    elements: () => current()?.elements,
  }
}

interface Build {
  folder: string
  changedAt: number
  page: string
  files: Map<string, DashboardFile>
  elements: DashboardFile | undefined
}

function readBuild(folder: string, changedAt: number): Build {
  const files = new Map<string, DashboardFile>()
  for (const entry of readdirSync(join(folder, 'assets'), { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const type = mediaTypes[extname(entry.name)]
    if (!entry.isFile() || type === undefined || statSync(path).size > httpBounds.dashboardFileBytes) continue
    // Names under assets/ carry a hash of their content: another content is another name.
    const headers = { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { body: new Uint8Array(readFileSync(path)), headers })
  }
  return { folder, changedAt, page: readFileSync(join(folder, 'index.html'), 'utf8'), files, elements: readElements(folder) }
}

function changeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function readElements(folder: string): DashboardFile | undefined {
  const path = join(folder, 'elements.js')
  if (!existsSync(path)) return undefined
  const body = new Uint8Array(readFileSync(path))
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  // It is asked each time whether it is still the same, as one script of a version that is gone would not fit the rest.
  return { body, headers: { 'content-type': mediaTypes['.js'] ?? '', 'cache-control': 'no-cache', etag } }
}

const notBuilt = `<!doctype html>
<html lang="en">
<head><!--base--><meta charset="utf-8"><title>Holdfast</title></head>
<body>
<h1>The dashboard is not built yet</h1>
<p>In the folder of Holdfast, run <code>npm run build:dashboard</code> and load this page again. Jobs are not affected.</p>
</body>
</html>
`
