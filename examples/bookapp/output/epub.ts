// The book as EPUB 3: the files it consists of, zipped as the standard wants it, `mimetype` first and stored. The same book gives the same bytes. Pure.
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import { type Book, paragraphsOf } from '../book.ts'
import { xml } from './xml.ts'

const mimetype = 'application/epub+zip'

/** `modifiedAt` is written into it; `cover` is an SVG. */
export function epubOf(book: Book, texts: readonly string[], { cover, modifiedAt }: { cover: string; modifiedAt: Date }): Uint8Array {
  const files: Zippable = { mimetype: [strToU8(mimetype), { level: 0 }] }
  const put = (path: string, text: string) => {
    files[path] = strToU8(text)
  }
  put('META-INF/container.xml', container)
  put('EPUB/package.opf', packageOf(book, modifiedAt))
  put('EPUB/nav.xhtml', navOf(book))
  put('EPUB/style.css', style)
  put('EPUB/cover.svg', cover)
  put('EPUB/title.xhtml', titlePage(book))
  for (const [index, { title }] of book.chapters.entries())
    put(`EPUB/${pageName(index)}.xhtml`, chapterPage(index + 1, title, texts[index] ?? ''))
  // A zip knows local times only: one of its own for all makes the bytes the same everywhere.
  return zipSync(files, { level: 6, mtime: new Date(2000, 0, 1) })
}

/** Why it is no EPUB of this book; null: it is one. */
export function epubFault(book: Book, bytes: Uint8Array): string | null {
  if (strFromU8(bytes.slice(30, 38)) !== 'mimetype' || strFromU8(bytes.slice(38, 38 + mimetype.length)) !== mimetype)
    return 'it does not begin with its mimetype'
  const files = unzipSync(bytes)
  const missing = [
    'META-INF/container.xml',
    'EPUB/package.opf',
    'EPUB/nav.xhtml',
    ...book.chapters.map((_, index) => `EPUB/${pageName(index)}.xhtml`),
  ].find((path) => !files[path]?.length)
  return missing === undefined ? null : `${missing} is missing`
}

const pageName = (index: number): string => `chapter-${String(index + 1).padStart(2, '0')}`

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`

function packageOf({ id, title, series, premise, writer, chapters }: Book, modifiedAt: Date): string {
  const pages = chapters.map((_, index) => pageName(index))
  const collection =
    series === null
      ? ''
      : `<meta property="belongs-to-collection" id="series">${xml(series.title)}</meta>
<meta refines="#series" property="collection-type">series</meta>
<meta refines="#series" property="group-position">${series.number}</meta>
`
  const description = premise === '' ? '' : `<dc:description>${xml(premise)}</dc:description>\n`
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:holdfast:bookapp:${xml(id)}</dc:identifier>
<dc:title>${xml(title)}</dc:title>
<dc:language>en</dc:language>
<dc:creator>${xml(writer)}</dc:creator>
${description}${collection}<meta property="dcterms:modified">${modifiedAt.toISOString().replace(/\.\d+Z$/, 'Z')}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
${pages.map((page) => `<item id="${page}" href="${page}.xhtml" media-type="application/xhtml+xml"/>`).join('\n')}
</manifest>
<spine>
<itemref idref="title"/>
${pages.map((page) => `<itemref idref="${page}"/>`).join('\n')}
</spine>
</package>
`
}

function navOf({ chapters }: Book): string {
  const entries = chapters.map(({ title }, index) => `<li><a href="${pageName(index)}.xhtml">${xml(title)}</a></li>`)
  return page('Contents', `<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>\n${entries.join('\n')}\n</ol></nav>`)
}

function titlePage({ title, series, writer }: Book): string {
  const place = series === null ? '' : `<p>${xml(series.title)}, book ${series.number} of ${series.of}</p>`
  return page(title, `<section class="title"><h1>${xml(title)}</h1>${place}<p>Written by ${xml(writer)}</p></section>`)
}

function chapterPage(number: number, title: string, text: string): string {
  const paragraphs = paragraphsOf(text).map((paragraph) => `<p>${xml(paragraph)}</p>`)
  return page(title, `<section epub:type="chapter"><h2><span>${number}</span> ${xml(title)}</h2>\n${paragraphs.join('\n')}\n</section>`)
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
h2 span { opacity: 0.6; margin-right: 0.4em; }
p { margin: 0; text-indent: 1.4em; }
h2 + p { text-indent: 0; }
.title { margin-top: 30%; text-align: center; }
.title p { text-indent: 0; margin-top: 1em; }
`
