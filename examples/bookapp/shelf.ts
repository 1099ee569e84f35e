// What is true of the books now: published ones as their readers get them, and the job that works on each or did last. All of it is Holdfast's knowledge:
// a book is an artifact, and the app keeps no list of its own.
import { readFile } from 'node:fs/promises'
import type { ArtifactContext, ArtifactView, Build, Holdfast, Snapshot } from 'holdfast'
import { artifactOf, type Book, readBook, readChapter } from './book.ts'

export interface Published {
  book: Book
  /** "Edition 3": the snapshot's number. */
  edition: number
  publishedAt: number
}

export interface Shelved {
  id: string
  /** As its order called it, where there is no book yet. */
  title: string
  published: Published | null
  /** The job that works on it, or the last one that did. */
  job: Build | null
  isActive: boolean
}

export type Shelf = ReturnType<typeof openShelf>

export function openShelf(holdfast: Holdfast) {
  const contexts = new Map<string, ArtifactContext<Published>>()
  /** Read once for each edition, however often it is asked for. */
  const published = (name: string) => {
    const known = contexts.get(name) ?? holdfast.artifacts.context([name], ([snapshot]) => read(snapshot))
    contexts.set(name, known)
    return known.get()
  }
  const shelved = async (view: ArtifactView): Promise<Shelved> => {
    const job = view.building ?? view.last
    const id = view.name.slice(artifactOf('').length)
    const known = view.current === null ? null : await published(view.name)
    const title = known?.book.title ?? (job && (await holdfast.get(job.jobId))?.name) ?? id
    return { id, title, published: known, job, isActive: view.building !== null }
  }
  return {
    /** Newest first: what is being written, then books by their last edition. */
    async all(): Promise<Shelved[]> {
      const views = (await holdfast.artifacts.list()).filter(({ name }) => name.startsWith(artifactOf('')))
      return (await Promise.all(views.map(shelved))).sort((a, b) => timeOf(b) - timeOf(a))
    },
    async book(id: string): Promise<Shelved | null> {
      const view = await holdfast.artifact(artifactOf(id)).detail()
      return view && (await shelved(view))
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

const read = ({ path, number, publishedAt }: Snapshot): Published => ({ book: readBook(path), edition: number, publishedAt })

const timeOf = ({ published, job }: Shelved): number => published?.publishedAt ?? job?.submittedAt ?? 0
