// The public names of `holdfast/elements`. Importing it makes the elements known to the browser; on a server it does nothing.
import { define } from './define.ts'
import { HoldfastFresh } from './fresh/fresh-element.tsx'
import { HoldfastIndicator } from './indicator/indicator-element.tsx'
import { HoldfastJob } from './job/job-element.tsx'
import { HoldfastKind } from './kind/kind-element.tsx'
import { setScripts } from './later.tsx'
import { HoldfastLog } from './log/log-element.tsx'
import { HoldfastRequired } from './required/required-element.tsx'
import { HoldfastStart } from './start/start-element.tsx'
import { HoldfastToasts } from './toasts/toasts-element.tsx'

export { setApi } from './api-address.ts'
export type * from './types.ts'

setScripts({ parts: () => import('./parts.ts'), log: () => import('./log/log-part.tsx'), fresh: () => import('./fresh/fresh-part.tsx') })

define('holdfast-start', HoldfastStart)
define('holdfast-kind', HoldfastKind)
define('holdfast-job', HoldfastJob)
define('holdfast-log', HoldfastLog)
define('holdfast-indicator', HoldfastIndicator)
define('holdfast-required', HoldfastRequired)
define('holdfast-fresh', HoldfastFresh)
define('holdfast-toasts', HoldfastToasts)
