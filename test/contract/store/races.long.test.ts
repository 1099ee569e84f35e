// The races of races.test.ts on Postgres.
process.env.RACES_ON = 'postgres'

await import('./races.test.ts')

export {}
