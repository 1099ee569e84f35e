// What cancelling a job comes to, said before it is done. Pure.
import type { Job } from '../client/index.ts'

export function cancelWords({ state, artifacts }: Job): string {
  if (state === 'queued') return 'It has not started yet and will not start.'
  const kept =
    artifacts.length === 0 ? '' : ` Nothing is published: ${artifacts.join(', ')} ${artifacts.length === 1 ? 'stays' : 'stay'} as before.`
  return `It is asked to stop and gets a moment to finish. Then its processes are ended.${kept}`
}
