// What is true of the books now: published ones as their readers get them, and the job that works on each or did last. All of it is Holdfast's knowledge:
// a book is an artifact, and the app keeps no list of its own.
import { readFile } from 'node:fs/promises'
import type { ArtifactView, Build, Holdfast, Snapshot } from 'holdfast'
import { artifactOf, type Book, readBook, readChapter } from './book.ts'

/** A book of which there is something to read; its edition is the snapshot's number. */
export type Published = ReturnType<typeof read>

export interface Shelved {
  id: string
  /** As its order called it, where there is no book yet. */
  title: string
  published: Published | null
  /** The job that works on it, or the last one that did. */
  job: Build | null
  isActive: boolean
}

export type ShelfPage = NonNullable<Awaited<ReturnType<ReturnType<typeof openShelf>['page']>>>

const booksOnPage = 48

export function openShelf(holdfast: Holdfast) {
  const known = new Map<string, Published>()
  /** What can be read of these: opened together, and once for each edition, however often it is asked for. */
  const readNew = async (views: readonly ArtifactView[]): Promise<void> => {
    const news = views.filter(({ name, current }) => current !== null && current.number !== known.get(name)?.edition)
    for (const opened of await holdfast.artifacts.open(news.map(({ name }) => name))) {
      using snapshot = opened
      try {
        if (snapshot) known.set(snapshot.artifact, read(snapshot))
      } catch (error) {
        // One book that cannot be read is no reason to show none.
        console.error(`${snapshot?.path} cannot be read: ${error}`)
      }
    }
  }
  const shelved = async (view: ArtifactView): Promise<Shelved> => {
    const job = view.building ?? view.last
    const id = view.name.slice(artifactOf('').length)
    const published = known.get(view.name) ?? null
    const title = published?.book.title ?? (job && (await holdfast.get(job.jobId))?.name) ?? id
    return { id, title, published, job, isActive: isBeingWritten(view) }
  }
  return {
    /** What is being written, then the rest, newest first; `readable` and `active` count all pages. Null: there is no such page. */
    async page(page: number) {
      const views = (await holdfast.artifacts.list()).filter(({ name }) => name.startsWith(artifactOf('')))
      const pages = Math.max(1, Math.ceil(views.length / booksOnPage))
      if (!Number.isInteger(page) || page < 1 || page > pages) return null
      const shown = views.sort(newestFirst).slice((page - 1) * booksOnPage, page * booksOnPage)
      const readable = views.filter(({ current }) => current !== null).length
      await readNew(shown)
      return { books: await Promise.all(shown.map(shelved)), page, pages, readable, active: views.filter(isBeingWritten).length }
    },
    async book(id: string): Promise<Shelved | null> {
      const view = await holdfast.artifact(artifactOf(id)).detail()
      if (view === null) return null
      await readNew([view])
      return await shelved(view)
    },
    /** A file of the current edition, kept for as long as it is read. */
    async file(id: string, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
      using snapshot = await holdfast.artifact(artifactOf(id)).open()
      return snapshot && (await readFile(snapshot.file(name)))
    },
    /** A chapter with the book that it is of: both of one edition. */
    async chapter(id: string, number: number): Promise<{ book: Book; text: string } | null> {
      using snapshot = await holdfast.artifact(artifactOf(id)).open()
      if (snapshot === null) return null
      const book = readBook(snapshot.path)
      return book.chapters[number - 1] ? { book, text: readChapter(snapshot.path, number) } : null
    },
  }
}

const read = ({ path, number, publishedAt }: Snapshot) => ({ book: readBook(path), edition: number, publishedAt })

const isBeingWritten = ({ building }: ArtifactView): boolean => building !== null

const newestFirst = (a: ArtifactView, b: ArtifactView): number =>
  Number(isBeingWritten(b)) - Number(isBeingWritten(a)) || timeOf(b) - timeOf(a)

const timeOf = ({ current, building, last }: ArtifactView): number => current?.publishedAt ?? (building ?? last)?.submittedAt ?? 0
