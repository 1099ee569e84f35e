// From what to what, part by part: "episodes 6 → 7".
import { count } from '../../../src/views/format.ts'
import type { Difference } from './fingerprint.ts'

const longest = 60
/** Of fingerprints that differ as a whole, such as hashes: both in one line. */
const longestWhole = 26

export function Differences({ of, most }: { of: readonly Difference[]; most: number }) {
  const more = of.length - most
  return (
    <span class="diffs">
      {of.slice(0, most).map(({ name, from, to }) => (
        <span key={name} class="diff">
          {name !== null && <span>{cut(name, longest)} </span>}
          <Value tag="del" value={from} most={name === null ? longestWhole : longest} />{' '}
          <span aria-label="becomes" role="img">
            →
          </span>{' '}
          <Value tag="ins" value={to} most={name === null ? longestWhole : longest} />
        </span>
      ))}
      {more > 0 && <span class="quiet">and {count(more)} more</span>}
    </span>
  )
}

function Value({ tag: Tag, value, most }: { tag: 'del' | 'ins'; value: string | null; most: number }) {
  const words = value === null ? 'nothing' : value === '' ? 'empty' : cut(value, most)
  return (
    <Tag title={value !== null && value.length > most ? value : undefined}>
      <bdi>{words}</bdi>
    </Tag>
  )
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
