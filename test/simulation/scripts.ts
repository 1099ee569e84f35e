// What simulated commands do: one script per attempt, carried in the job's argv.
import type { Command } from '../../src/launch/launcher.ts'
import type { FakeScript } from '../../src/testing/fake-script.ts'
import type { Random } from './random.ts'

/** The argv of a job whose first attempt follows the first script, and so on; the last one is for all that come after. */
export function argvOf(scripts: readonly FakeScript[]): string[] {
  return ['simulated', JSON.stringify(scripts)]
}

export function programOf({ argv, environment }: Command): FakeScript | null {
  if (argv[0] !== 'simulated') return null
  const scripts = JSON.parse(argv[1] ?? '[]') as FakeScript[]
  return scripts[Math.min(Number(environment.HOLDFAST_ATTEMPT), scripts.length) - 1] ?? null
}

/** `isLast`: it is followed again and again, so it must not put its job off for ever. */
export function drawScript(random: Random, name: string, isLast: boolean): FakeScript {
  const steps = Array.from({ length: random.between(0, 6) }, (_, index) => ({
    afterMs: random.spread(1, 8_000),
    ...(random.chance(0.7) ? { stdout: `${name} out ${index}\n${random.chance(0.2) ? 'and more\n' : ''}` } : {}),
    ...(random.chance(0.3) ? { stderr: `${name} err ${index}${random.chance(0.8) ? '\n' : ''}` } : {}),
    ...(random.chance(0.4) ? { says: drawWords(random, index) } : {}),
  }))
  const last = drawLastWords(random, isLast)
  return {
    steps: last ? [...steps, { says: last }] : steps,
    endsAfterMs: random.chance(0.05) ? null : random.spread(1, 20_000),
    exitCode: last && 'snooze' in last ? 0 : last || random.chance(0.3) ? random.pick([1, 2, 77]) : 0,
    beginsAfterMs: random.pick([0, 0, 5, 50]),
    ignoresTermMs: random.pick([0, 0, 20, 3_000, 60_000, null]),
    diesAfterKillMs: random.pick([0, 0, 1, 30, 2_000]),
    ...(random.chance(0.3) ? { diesUnseen: true } : {}),
    ...(random.chance(0.15) ? { leavesBehindMs: random.spread(10, 60_000) } : {}),
    ...(random.chance(0.05) ? { vanishes: true } : {}),
  }
}

function drawWords(random: Random, index: number): unknown {
  return random.pick([
    { progress: { done: index, total: 6 } },
    { checkpoint: { at: index } },
    { phase: { name: `phase ${index}` } },
    { result: index },
  ])
}

// What a job says of its next attempt.
function drawLastWords(random: Random, isLast: boolean): Record<string, unknown> | null {
  const ms = random.spread(10, 30_000)
  if (random.chance(0.8)) return null
  return random.pick<Record<string, unknown>>([
    isLast ? { error: { message: 'not today' } } : { snooze: { ms } },
    { error: { message: 'never again', retry: false } },
    { error: { message: 'later', retryAfterMs: ms } },
  ])
}
