// Numbers of jobs as links: "#41, #42 and 5 more".
import { count } from '../../../src/views/format.ts'
import { link } from '../place.ts'

const mostShown = 6

export function JobNumbers({ ids }: { ids: readonly number[] }) {
  return (
    <>
      {ids.slice(0, mostShown).map((id, place) => (
        <span key={id}>
          {place > 0 && ', '}
          <a href={link(`jobs/${id}`)}>#{id}</a>
        </span>
      ))}
      {ids.length > mostShown && ` and ${count(ids.length - mostShown)} more`}
    </>
  )
}
