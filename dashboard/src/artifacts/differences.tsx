// From what to what, part by part: "episodes 6 → 7".
import { count } from '../format.ts'
import type { Difference } from './fingerprint.ts'

const longest = 60

export function Differences({ of, most }: { of: readonly Difference[]; most: number }) {
  const more = of.length - most
  return (
    <span class="diffs">
      {of.slice(0, most).map(({ name, from, to }) => (
        <span key={name} class="diff">
          {name !== null && <span>{cut(name)} </span>}
          <Value tag="del" value={from} missing="nothing" />{' '}
          <span aria-label="becomes" role="img">
            →
          </span>{' '}
          <Value tag="ins" value={to} missing="nothing" />
        </span>
      ))}
      {more > 0 && <span class="quiet">and {count(more)} more</span>}
    </span>
  )
}

function Value({ tag: Tag, value, missing }: { tag: 'del' | 'ins'; value: string | null; missing: string }) {
  const words = value === null ? missing : value === '' ? 'empty' : cut(value)
  return (
    <Tag title={value !== null && value.length > longest ? value : undefined}>
      <bdi>{words}</bdi>
    </Tag>
  )
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
