// Which states something is still to happen to; for the ways in, which may not import core.
export { activeStates, isSettled } from '../core/transitions.ts'
export { waitingWords } from '../core/waiting.ts'
