// What the people of the simulated world ask for.
import { noArtifacts } from '../../src/core/artifact.ts'
import type { JobSpec, Lock, RetryPolicy } from '../../src/core/job.ts'
import { unlimited } from '../../src/core/process-limits.ts'
import type { NewJob, ScheduleRecord } from '../../src/store/store.ts'
import { argvOf, drawScript } from './scripts.ts'
import type { World } from './world.ts'

export const kinds = ['scan', 'build']

/** `place`: of how many before it in the same submit. `earlier`: jobs it may have to come after. */
export function drawJob(world: World, { name, place, earlier }: { name: string; place: number; earlier: readonly number[] }): NewJob {
  const { random } = world
  const now = world.clock.now()
  return {
    kind: random.pick(kinds),
    name,
    queue: random.pick(['default', 'default', 'slow']),
    unique: random.chance(0.4)
      ? { key: `unique-${random.between(1, 2)}`, policy: random.pick(['return', 'replaceQueued', 'keepLast', 'refuse']) }
      : null,
    input: { name },
    spec: drawSpec(world, name),
    fingerprint: null,
    submittedBy: random.pick([null, 'ana']),
    priority: random.between(-1, 1),
    availableAt: random.chance(0.2) ? now + random.spread(10, 120_000) : now,
    expireAfterMs: random.chance(0.1) ? random.spread(1_000, 300_000) : null,
    after:
      earlier.length > 0 && random.chance(0.2) ? [random.pick(earlier)] : place > 0 && random.chance(0.5) ? [{ index: place - 1 }] : [],
    schedule: null,
  }
}

function drawLocks({ random, options }: World): Lock[] {
  const names = Array.from({ length: options.keys }, (_, index) => `key-${index}`).filter(() => random.chance(1.2 / options.keys))
  const locks = names.map((key): Lock => ({ key, mode: random.chance(0.5) ? 'exclusive' : 'shared' }))
  return random.chance(0.2) ? [...locks, { key: 'gpu', mode: 'shared', limit: 2 }] : locks
}

function drawSpec(world: World, name: string): JobSpec {
  const { random } = world
  const attempts = random.between(1, 3)
  const scripts = Array.from({ length: attempts }, (_, attempt) => drawScript(random, `${name}.${attempt}`, attempt === attempts - 1))
  return {
    run: { type: 'command', argv: argvOf(scripts) },
    cwd: '/',
    environment: {},
    environmentFile: null,
    ...noArtifacts,
    stopGraceMs: random.spread(100, 10_000),
    locks: drawLocks(world),
    retry: random.chance(0.4) ? drawRetry(world) : null,
    safeToRepeat: random.chance(0.3),
    ...unlimited,
  }
}

function drawRetry({ random }: World): RetryPolicy {
  const backoff = random.pick(['fixed', 'exponential'] as const)
  return { attempts: random.between(2, 4), delayMs: random.spread(10, 20_000), backoff, maxDelayMs: 60_000 }
}

/** What a schedule asks for: short, and in nobody's way. */
export function scheduledJob(world: World, { name, kind }: ScheduleRecord): NewJob {
  const job = drawJob(world, { name, place: 0, earlier: [] })
  const spec = {
    ...job.spec,
    run: { type: 'command' as const, argv: argvOf([{ steps: [{ afterMs: 100, stdout: `${name}\n` }] }]) },
    locks: [],
  }
  return { ...job, kind, spec, unique: null, availableAt: world.clock.now(), schedule: name }
}
