// `npm run test:sim`: many seeds, or one again. --seeds N, --minutes M, --from SEED, --seed SEED [--trace], --mutant NAME, --all (goes on after a failure).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants, rareMutants } from './mutants.ts'
import { type Outcome, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    mutant: { type: 'string' },
    all: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
})

const root = mkdtempSync(join(tmpdir(), 'holdfast-simulation-'))
const known = [...mutants, ...rareMutants]
const mutant = values.mutant === undefined ? null : (known.find(({ name }) => name === values.mutant) ?? unknownMutant(values.mutant))
try {
  process.exitCode = (values.seed === undefined ? await campaign() : await replay(Number(values.seed))) ? 0 : 1
} finally {
  rmSync(root, { recursive: true, force: true })
}

async function campaign(): Promise<boolean> {
  const from = Number(values.from)
  const most = values.seeds === undefined ? (values.minutes === undefined ? 100 : Number.POSITIVE_INFINITY) : Number(values.seeds)
  const deadline = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  const sum = { seeds: 0, broken: 0, events: 0, virtualMs: 0 }
  const startedAt = performance.now()
  for (let seed = from; seed < from + most && performance.now() < deadline; seed++) {
    const outcome = await simulate({ seed, mutant, root })
    if (outcome.violation !== null) {
      if (!values.all) {
        printFailure(outcome)
        return false
      }
      sum.broken++
      console.log(`seed ${seed}: ${outcome.violation.slice(0, 200)}`)
    }
    sum.seeds++
    sum.events += outcome.events
    sum.virtualMs += outcome.virtualMs
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(
    `${sum.seeds} histories from seed ${from}: ${sum.events} events, ${(sum.virtualMs / 3_600_000).toFixed(1)} virtual hours in ${seconds} s; ${sum.broken === 0 ? 'no promise was broken' : `${sum.broken} broke a promise`}`,
  )
  return sum.broken === 0
}

async function replay(seed: number): Promise<boolean> {
  const outcome = await simulate({ seed, mutant, root, ...(values.trace ? { print: (line: string) => console.log(line) } : {}) })
  if (outcome.violation !== null) printFailure(outcome)
  else
    console.log(
      `seed ${seed}: ${outcome.events} events, ${(outcome.virtualMs / 60_000).toFixed(1)} virtual minutes, history ${outcome.hash}; no promise was broken`,
    )
  return outcome.violation === null
}

function printFailure({ options, violation, hash, tail }: Outcome): void {
  console.error(tail.join('\n'))
  console.error(`\n${violation}\n\nseed ${options.seed}, history ${hash}, options ${JSON.stringify(options)}`)
  console.error(
    `Again: npm run test:sim -- --seed ${options.seed} --trace${values.mutant === undefined ? '' : ` --mutant '${values.mutant}'`}`,
  )
}

function unknownMutant(name: string): never {
  throw new Error(`There is no mutant "${name}". There are: ${known.map((one) => one.name).join(', ')}.`)
}
