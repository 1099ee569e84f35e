// A runner by the beginning of its id, which is enough to tell two apart.

const shown = 8

export function RunnerName({ id }: { id: string }) {
  return <code title={id}>{id.slice(0, shown)}</code>
}
