// Amounts in words, and the bounds they are held against; for the ways in, which may not import core.
export { bytesWords } from '../core/bytes.ts'
export { durationWords } from '../core/duration.ts'
export { limits } from '../core/limits.ts'
