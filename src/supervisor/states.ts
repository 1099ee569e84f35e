// Which states something is still to happen to, and what is said of them; for the ways in, which may not import core.
export { limitOf } from '../core/stall.ts'
export { livingWords, stalledWords } from '../core/stall-words.ts'
export { activeStates, isSettled } from '../core/transitions.ts'
export { waitingWords } from '../core/waiting.ts'
