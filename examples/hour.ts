// `npm run test:examples -- NAME --minutes 60 --kill-every 60`: an example app is used at random while it is killed at random; says what
// is broken, and ends with 1 if anything is.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ensureDashboard } from '../tools/dashboard.ts'
import { exampleFolder, exampleNames, prepareExample } from '../tools/examples.ts'
import type { Use } from './hour/use.ts'
import { type HourReport, useApp } from './hour/use-app.ts'

const options = {
  minutes: { type: 'string', default: '60' },
  'kill-every': { type: 'string', default: '60' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  users: { type: 'string', default: '3' },
} as const

const { values, positionals } = parseArgs({ options, allowPositionals: true })
const usable = exampleNames().filter((name) => existsSync(useOf(name)))
const name = positionals[0] ?? ''
const numbers = [values.minutes, values['kill-every'], values.seed, values.users].map(Number)
if (positionals.length !== 1 || !usable.includes(name) || numbers.some((number) => !(number >= 0))) {
  console.error(
    `npm run test:examples -- NAME [--minutes 60] [--kill-every 60] [--users 3] [--seed N], where NAME is one of: ${usable.join(', ')}.`,
  )
  process.exit(2)
}

const [minutes = 60, killEvery = 60, seed = 1, users = 3] = numbers
prepareExample(exampleFolder(name))
ensureDashboard()
const { default: use } = (await import(useOf(name))) as { default: Use }
const main = `${exampleFolder(name)}/main.ts`
const early = new AbortController()
// Pressed once more, it ends at once.
process.once('SIGINT', () => early.abort())
console.log(`${name}: ${minutes} min, a kill every ${killEvery} s, ${users} users, seed ${seed}`)
const report = await useApp({
  main,
  use,
  forMs: minutes * 60_000,
  signal: early.signal,
  killEveryMs: killEvery * 1_000,
  seed,
  users,
  keepsBroken: true,
  say: console.log,
})
console.log(`\n${name}, ${minutes} min\n${sum(report)}`)
process.exit(report.broken.length > 0 ? 1 : 0)

function useOf(example: string): string {
  return `${exampleFolder(example)}/test/use.ts`
}

function sum({ acts, cutOff, kills, startMs, acknowledged, jobs, broken }: HourReport): string {
  const sorted = startMs.toSorted((a, b) => a - b)
  const seconds = (ms: number | undefined) => `${((ms ?? 0) / 1000).toFixed(1)} s`
  const ends = Object.entries(Object.groupBy(jobs, ({ state }) => state)).map(([state, some]) => `${some.length} ${state}`)
  const attempts = jobs.reduce((all, job) => all + job.attempts, 0)
  return [
    `kills       ${kills.app + kills.everything}: ${kills.app} of the app, ${kills.everything} of the app and all processes of its jobs`,
    `starts      answered after ${seconds(sorted[Math.floor(sorted.length / 2)])} at the median, ${seconds(sorted.at(-1))} at most`,
    `used        ${acts} acts were answered, ${cutOff} cut off by a kill`,
    `jobs        ${jobs.length}, ${acknowledged} of them acknowledged to a user; ${ends.join(', ')}; ${attempts} attempts`,
    `broken      ${broken.length === 0 ? 'nothing' : `${broken.length}:\n  ${broken.join('\n  ')}`}`,
  ].join('\n')
}
