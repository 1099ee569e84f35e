// What is true of the books now: published ones as their readers get them, and the job that works on each or did last. All of it is Holdfast's knowledge:
// a book is an artifact, and the app keeps no list of its own.
import { readFile } from 'node:fs/promises'
import type { ArtifactContext, ArtifactView, Build, Holdfast, Snapshot } from 'holdfast'
import { artifactOf, type Book, readBook, readChapter } from './book.ts'
import { orderSchema } from './order.ts'

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

/** So many artifacts Holdfast lists, by name. */
const mostListed = 1_000

export type Shelf = ReturnType<typeof openShelf>

export function openShelf(holdfast: Holdfast) {
  const contexts = new Map<string, ArtifactContext<Published>>()
  /** Read once for each edition, however often it is asked for. */
  const published = (name: string) => {
    const known = contexts.get(name) ?? holdfast.artifacts.context([name], ([snapshot]) => read(snapshot))
    contexts.set(name, known)
    return known.get()
  }
  const shelved = async (view: ArtifactView): Promise<Shelved | null> => {
    const job = view.building ?? view.last
    const known = view.current === null ? null : await published(view.name)
    const title = known?.book.title ?? (job === null ? null : await orderedTitle(holdfast, job.jobId))
    return title === null
      ? null
      : { id: view.name.slice(artifactOf('').length), title, published: known, job, isActive: view.building !== null }
  }
  return {
    /** Newest first: what is being written, then books by their last edition. `isFull`: there may be others. */
    async all(): Promise<{ books: Shelved[]; isFull: boolean }> {
      const listed = await holdfast.artifacts.list()
      const views = listed.filter(({ name }) => name.startsWith(artifactOf('')))
      const books = (await Promise.all(views.map(shelved))).filter((book) => book !== null)
      return { books: books.sort((a, b) => timeOf(b) - timeOf(a)), isFull: listed.length >= mostListed }
    },
    async book(id: string): Promise<Shelved | null> {
      const view = await holdfast.artifact(artifactOf(id)).detail()
      return view && (await shelved(view))
    },
    /** A file of the current edition, kept for as long as it is read. */
    async file(id: string, name: string): Promise<Uint8Array | null> {
      using snapshot = await holdfast.artifact(artifactOf(id)).open()
      return snapshot && (await readFile(snapshot.file(name)))
    },
    /** A chapter with the book that it is of: both of one edition. */
    async chapter(id: string, number: number): Promise<{ book: Book; text: string } | null> {
      using snapshot = await holdfast.artifact(artifactOf(id)).open()
      if (snapshot === null) return null
      const book = readBook(snapshot.path)
      return book.chapters[number - 1] === undefined ? null : { book, text: readChapter(snapshot.path, number) }
    },
  }
}

function read({ path, number, publishedAt }: Snapshot): Published {
  return { book: readBook(path), edition: number, publishedAt }
}

async function orderedTitle(holdfast: Holdfast, id: number): Promise<string | null> {
  const order = orderSchema.safeParse((await holdfast.get(id))?.input)
  return order.success ? order.data.title : null
}

const timeOf = ({ published, job }: Shelved): number => (published === null ? (job?.submittedAt ?? 0) : published.publishedAt)
