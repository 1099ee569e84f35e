// The list before the first job: two ways to ask for one, as commands that work as they stand.

import type { IconName } from '../../../src/views/icon.tsx'
import { Icon } from '../../../src/views/icon.tsx'
import { kinds } from '../client.ts'
import { colouredCode } from '../parts/coloured-code.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { reachable } from '../parts/reachable.ts'
import { serverUrl } from '../place.ts'

const definition = `import { defineJob, openHoldfast } from 'holdfast'

const rebuild = defineJob({
  kind: 'rebuild',
  command: ['node', 'src/rebuild.ts'],
  unique: true,
})
const holdfast = await openHoldfast({ kinds: [rebuild] })
await holdfast.submit(rebuild, { mode: 'full' })`

export function NoJobs() {
  const defined = kinds.value.filter(({ isDefined }) => isDefined)
  const kind = defined[0]?.kind ?? 'rebuild'
  const known = defined.map(({ title }) => title).join(', ')
  const request = `curl -X POST ${serverUrl}api/v1/kinds/${encodeURIComponent(kind)}/jobs \\\n  -H 'content-type: application/json' \\\n  -d '{"input": null}'`
  return (
    <ol class="ways">
      <Way
        icon="term"
        title="Run a command now"
        sample={'# start it, follow it, return its exit code\nholdfast run -- python rebuild_index.py'}
      >
        Any language, nothing to set up. Close the terminal: the job goes on and its log is here.
      </Way>
      <Way icon="code" title="Define a job type in your app" sample={definition}>
        Runs beside your Node app in a process of its own, and survives a restart of either.
      </Way>
      <Way icon="globe" title="Ask over HTTP" sample={request}>
        {known === '' ? 'From Python, a shell script or a form, once your app defines a job type.' : `This app knows ${known}.`}
      </Way>
    </ol>
  )
}

interface WayProps {
  icon: IconName
  title: string
  sample: string
  children: string
}

function Way({ icon, title, sample, children }: WayProps) {
  return (
    <li>
      <div class="way">
        <h2>
          <Icon name={icon} />
          {title}
        </h2>
        <p>{children}</p>
      </div>
      <div class="code-box">
        <pre class="code" {...reachable(`${title}, example`)}>
          {colouredCode(sample)}
        </pre>
        <CopyButton class="btn ghost small cp" label="Copy" text={() => sample} />
      </div>
    </li>
  )
}
