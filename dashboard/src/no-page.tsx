// An address that the dashboard does not have.
import { link } from './place.ts'
import { useTabSign } from './tab-sign.ts'

export function NoPage() {
  useTabSign('No such page', null)
  return (
    <header class="page-head">
      <div>
        <h1>There is no such page</h1>
        <p class="lead">
          Job numbers look like <code>jobs/42</code>.
        </p>
      </div>
      <div class="right">
        <a class="btn" href={link('jobs')}>
          All jobs
        </a>
      </div>
    </header>
  )
}
