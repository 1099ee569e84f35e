// The book as EPUB 3: the files it consists of, zipped as the standard wants it, `mimetype` first and stored. The same book gives the same bytes. Pure.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { type Book, paragraphsOf } from '../book.ts'
import { xml } from './xml.ts'

const mimetype = 'application/epub+zip'

/** `modifiedAt` is written into it; `cover` is an SVG. */
export function epubOf(book: Book, texts: readonly string[], { cover, modifiedAt }: { cover: string; modifiedAt: Date }): Uint8Array {
  const files: Record<string, string> = {
    'META-INF/container.xml': container,
    'EPUB/package.opf': packageOf(book, modifiedAt),
    'EPUB/nav.xhtml': navOf(book),
    'EPUB/style.css': style,
    'EPUB/cover.svg': cover,
  }
  for (const [index, { title }] of book.chapters.entries())
    files[`EPUB/${pageName(index)}`] = chapterFile(index + 1, title, texts[index] ?? '')
  const zipped = Object.entries(files).map(([path, text]) => [path, strToU8(text)])
  // A zip knows local times only: one of its own for all makes the bytes the same everywhere.
  return zipSync({ mimetype: [strToU8(mimetype), { level: 0 }], ...Object.fromEntries(zipped) }, { mtime: new Date(2000, 0, 1) })
}

/** Why it is no EPUB of this book; null: it is one. */
export function epubFault({ chapters }: Book, bytes: Uint8Array): string | null {
  if (strFromU8(bytes.slice(30, 38 + mimetype.length)) !== `mimetype${mimetype}`) return 'it does not begin with its mimetype'
  const files = unzipSync(bytes)
  const pages = chapters.map((_, index) => `EPUB/${pageName(index)}`)
  const missing = ['META-INF/container.xml', 'EPUB/package.opf', 'EPUB/nav.xhtml', ...pages].find((path) => !files[path]?.length)
  return missing === undefined ? null : `${missing} is missing`
}

const pageName = (index: number): string => `chapter-${String(index + 1).padStart(2, '0')}.xhtml`

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`

function packageOf({ id, title, series, premise, writer, chapters }: Book, modifiedAt: Date): string {
  const pages = chapters.map((_, index) => pageName(index))
  const place = series
    ? `<meta property="belongs-to-collection" id="series">${xml(series.title)}</meta>
<meta refines="#series" property="group-position">${series.number}</meta>`
    : ''
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:holdfast:bookapp:${xml(id)}</dc:identifier>
<dc:title>${xml(title)}</dc:title>
<dc:language>en</dc:language>
<dc:creator>${xml(writer)}</dc:creator>
${premise && `<dc:description>${xml(premise)}</dc:description>`}
${place}
<meta property="dcterms:modified">${modifiedAt.toISOString().replace(/\.\d+Z$/, 'Z')}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>
${pages.map((page, index) => `<item id="page-${index}" href="${page}" media-type="application/xhtml+xml"/>`).join('\n')}
</manifest>
<spine>${pages.map((_, index) => `<itemref idref="page-${index}"/>`).join('')}</spine>
</package>
`
}

function navOf({ chapters }: Book): string {
  const entries = chapters.map(({ title }, index) => `<li><a href="${pageName(index)}">${xml(title)}</a></li>`)
  return page('Contents', `<nav epub:type="toc"><h1>Contents</h1><ol>\n${entries.join('\n')}\n</ol></nav>`)
}

function chapterFile(number: number, title: string, text: string): string {
  const paragraphs = paragraphsOf(text).map((paragraph) => `<p>${xml(paragraph)}</p>`)
  return page(title, `<section epub:type="chapter"><h2>${number}. ${xml(title)}</h2>\n${paragraphs.join('\n')}\n</section>`)
}

function page(title: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>${xml(title)}</title><link rel="stylesheet" href="style.css" type="text/css"/></head>
<body>${body}</body>
</html>
`
}

const style = `body { font-family: Georgia, serif; line-height: 1.5; margin: 1em; }
h2 { margin: 2em 0 1em; font-weight: 600; }
p { margin: 0; text-indent: 1.4em; }
h2 + p { text-indent: 0; }
`
