// What we use of a package that has no types.
declare module 'wink-bm25-text-search' {
  interface Engine {
    defineConfig(config: { fldWeights: Record<string, number> }): void
    definePrepTasks(tasks: ((text: string) => string[])[]): void
    addDoc(document: Record<string, string>, id: number): void
    consolidate(): void
    search(query: string, limit: number): [id: string, score: number][]
  }
  export default function bm25(): Engine
}
