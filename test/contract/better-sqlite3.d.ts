// What the tests use of better-sqlite3, which brings no types.
declare module 'better-sqlite3' {
  export default class Database {
    constructor(file: string, options?: { timeout?: number })
    prepare(text: string): { all(...values: unknown[]): unknown[]; pluck(): { all(): unknown[] } }
    exec(text: string): this
    close(): this
  }
}
