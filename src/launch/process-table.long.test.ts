// The table of processes and what trees use, as `ps` tells it, which is all that macOS has.
process.env.TABLE_SOURCE = 'ps'

await import('./process-table.test.ts')
await import('./tree-meter.test.ts')

export {}
