// What one history is made of: how much of everything, and how likely each fault. Drawn from the seed, so that histories differ in kind.
import { seededRandom } from './random.ts'

export interface SimulationOptions {
  seed: number
  runners: number
  slots: number
  jobs: number
  /** Exclusive and shared ones, and one with a limit of 2. */
  keys: number
  schedules: number
  /** Settled jobs of a state that are kept; null: all. */
  kept: number | null
  /** At the end it stays quiet for so long that the janitors have been round. */
  waitsForJanitors: boolean
  /** Virtual milliseconds in which people submit and faults strike. */
  faultsForMs: number
  /** Mean time between two faults that strike from outside: a runner killed, frozen or restarted, a process killed, the clock set. */
  faultEveryMs: number
  chance: Chances
}

/** Each of a call to a port, if nothing else is said. */
export interface Chances {
  /** The caller dies before the call is carried out. */
  crashBefore: number
  /** … or after it, before it has the answer. */
  crashAfter: number
  /** It is carried out, and the caller is told that it failed. */
  lostAnswer: number
  /** It waits for a busy database, up to half a minute. */
  busy: number
  /** Between it and what follows from it lie minutes. */
  stretch: number
  /** Of a wake-up: it never comes. */
  lostWake: number
  /** Of a fault from outside: the whole machine restarts. */
  reboot: number
}

export function drawOptions(seed: number): SimulationOptions {
  const random = seededRandom(seed)
  const sometimes = (probability: number, of: number) => (random.chance(of) ? probability * random.next() : 0)
  return {
    seed,
    runners: random.between(1, 4),
    slots: random.between(1, 4),
    jobs: random.spread(4, 40),
    keys: random.between(1, 5),
    schedules: random.pick([0, 0, 1, 2]),
    waitsForJanitors: random.chance(0.2),
    faultsForMs: random.spread(20_000, 400_000),
    faultEveryMs: random.spread(2_000, 120_000),
    chance: {
      crashBefore: sometimes(0.02, 0.5),
      crashAfter: sometimes(0.02, 0.5),
      lostAnswer: sometimes(0.02, 0.4),
      busy: sometimes(0.05, 0.3),
      stretch: sometimes(0.3, 0.6),
      lostWake: random.pick([0, 0.1, 0.5, 1]),
      reboot: sometimes(0.2, 0.3),
    },
    kept: random.chance(0.3) ? random.between(0, 5) : null,
  }
}

/** After the faults: everything works, and what was left must come to its end. */
export const noFaults: Chances = { crashBefore: 0, crashAfter: 0, lostAnswer: 0, busy: 0, stretch: 0, lostWake: 0, reboot: 0 }
