// holdfast/testing: what an app's own tests need, one by one.
export type { FakeClock } from './fake-clock.ts'
export { fakeClock } from './fake-clock.ts'
export type { CommandOutcome, CommandRun, FakeCommands } from './inline-command.ts'
export type { DrainOptions } from './inline-runner.ts'
export type { SubmittedJob, TestHoldfast, TestOptions } from './open-test-holdfast.ts'
export { openTestHoldfast } from './open-test-holdfast.ts'
export type { TestClock } from './test-clock.ts'
