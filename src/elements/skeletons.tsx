// What stands in the place of what is not known yet, in its shape, so that nothing jumps when it comes.

export function CardSkeleton() {
  return (
    <div class="jobcard loading" part="card" role="status" aria-label="Loading" aria-busy="true">
      <span class="skel a" />
      <span class="skel b" />
      <span class="skel c" />
      <span class="skel d" />
    </div>
  )
}

export function LineSkeleton() {
  return (
    <div class="kline" part="card" role="status" aria-label="Loading" aria-busy="true">
      <span class="skel" />
    </div>
  )
}
