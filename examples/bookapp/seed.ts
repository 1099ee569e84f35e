// What a seed is, for whoever wants a number: the same text, the same number. Pure.
import { createHash } from 'node:crypto'

/** 0 to 2³¹ − 1: a model takes no more. */
export const numberOf = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE() >>> 1
