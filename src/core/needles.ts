// Finds any of many texts in one pass, however many there are and however they overlap (Aho and Corasick). Pure; time grows with the text alone.

/** Where a search stands: which part of which needle the text ends with. */
export type NeedleState = number

export const atNothing: NeedleState = 0

/** Told the longest needle that ends at each place. `end` is the place behind its last code unit. */
export type Found = (start: number, end: number) => void

export interface Needles {
  inText(text: string, found: Found): NeedleState
  /** Goes on from where the piece before ended; places are counted from this one's beginning. */
  inBytes(piece: Uint8Array, state: NeedleState, found: Found): NeedleState
  /** How many of the last code units may be the beginning of a needle. */
  depthOf(state: NeedleState): number
}

/** `codes`: how many different code units there are. */
export function needlesOf(needles: readonly string[], codes: number): Needles {
  const trie = grow(needles, codes)
  link(trie)
  const { root, code, child, sibling, fail, depth, match } = trie

  function next(from: NeedleState, here: number): NeedleState {
    for (let state = from; state !== 0; state = fail[state] ?? 0) {
      for (let one = child[state] ?? 0; one !== 0; one = sibling[one] ?? 0) if (code[one] === here) return one
    }
    return root[here] ?? 0
  }

  return {
    inText(text, found) {
      let state = atNothing
      for (let index = 0; index < text.length; index++) {
        state = next(state, text.charCodeAt(index))
        if (state !== 0 && match[state] !== 0) found(index + 1 - (match[state] ?? 0), index + 1)
      }
      return state
    },
    inBytes(piece, before, found) {
      let state = before
      for (let index = 0; index < piece.length; index++) {
        state = next(state, piece[index] ?? 0)
        if (state !== 0 && match[state] !== 0) found(index + 1 - (match[state] ?? 0), index + 1)
      }
      return state
    },
    depthOf: (state) => depth[state] ?? 0,
  }
}

// A node is a number; 0 is the root, and stands for none. Nearly every node has one child: lists cost less room than tables.
interface Trie {
  /** First nodes by code unit. */
  root: Int32Array
  size: number
  code: Uint16Array
  child: Int32Array
  sibling: Int32Array
  /** The longest other node that this one ends with. */
  fail: Int32Array
  depth: Int32Array
  /** Length of the longest needle that ends here; 0: none. */
  match: Int32Array
}

function grow(needles: readonly string[], codes: number): Trie {
  const most = 1 + needles.reduce((sum, { length }) => sum + length, 0)
  const [child, sibling, fail, depth, match] = Array.from({ length: 5 }, () => new Int32Array(most)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const trie: Trie = { root: new Int32Array(codes), size: 1, code: new Uint16Array(most), child, sibling, fail, depth, match }
  for (const needle of needles) {
    let node = 0
    for (let index = 0; index < needle.length; index++) node = descend(trie, node, needle.charCodeAt(index))
    match[node] = needle.length
  }
  return trie
}

function descend(trie: Trie, node: number, here: number): number {
  const there = childOf(trie, node, here)
  if (there !== 0) return there
  const made = trie.size++
  trie.code[made] = here
  trie.depth[made] = (trie.depth[node] ?? 0) + 1
  if (node === 0) trie.root[here] = made
  else {
    trie.sibling[made] = trie.child[node] ?? 0
    trie.child[node] = made
  }
  return made
}

function childOf({ root, code, child, sibling }: Trie, node: number, here: number): number {
  if (node === 0) return root[here] ?? 0
  let next = child[node] ?? 0
  while (next !== 0 && code[next] !== here) next = sibling[next] ?? 0
  return next
}

// Level by level: what a node ends with is shorter, and was linked before.
function link(trie: Trie): void {
  const { root, child, sibling, code, fail, match } = trie
  const queue = [...root].filter((node) => node !== 0)
  for (const node of queue) {
    for (let next = child[node] ?? 0; next !== 0; next = sibling[next] ?? 0) {
      const here = code[next] ?? 0
      let shorter = fail[node] ?? 0
      while (shorter !== 0 && childOf(trie, shorter, here) === 0) shorter = fail[shorter] ?? 0
      fail[next] = childOf(trie, shorter, here)
      if (match[next] === 0) match[next] = match[fail[next] ?? 0] ?? 0
      queue.push(next)
    }
  }
}
