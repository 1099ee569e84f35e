// The logger as the ways in see it: they may import the supervisor, not the runner.
export type { Logger } from '../runner/house.ts'
