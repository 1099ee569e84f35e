// Reading of artifacts. Publishing happens in the batch that settles the job, in claim-store.
import { toSnapshot } from '../rows.ts'
import { noWrites, type SqlDatabase } from '../sql-database.ts'
import * as statements from '../statements/artifacts.ts'
import type { Store } from '../store.ts'

export function artifactStore(database: SqlDatabase): Store['artifacts'] {
  return {
    async current({ name }) {
      const row = (await database.query(statements.currentSnapshot(name)))[0]
      return row ? toSnapshot(row) : null
    },
    list: async ({ name }) => (await database.query(statements.snapshotsOf(name))).map(toSnapshot),
    names: async () => (await database.query(statements.artifactNames())).map((row) => String(row.name)),
    forget: ({ name, number }) =>
      database.batch(
        { reads: [], decide: () => ({ ...noWrites(undefined), writes: [statements.deleteSnapshot(name, number)] }) },
        'supervisor',
      ),
  }
}
