// In the shape of a list, so that nothing jumps when it comes.
export function Skeleton({ label }: { label: string }) {
  return (
    <div class="card" aria-busy="true" aria-label={label} role="status">
      {[44, 60, 36, 52].map((width) => (
        <div key={width} class="skel-row">
          <span class="skel" style={{ width: '96px' }} />
          <span class="skel" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
