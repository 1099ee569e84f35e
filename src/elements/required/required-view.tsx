// What <holdfast-required> shows: nothing, or the banner.
import { Icon } from '../../views/icon.tsx'
import { useNow } from '../clock.ts'
import type { ViewProps } from '../element.ts'
import { kindOf } from '../kind-wanted.ts'
import { asOf } from '../standing-words.ts'
import { StartButton } from '../start/start-button.tsx'
import { useStartLook } from '../start/use-start-look.ts'
import { useChange, useReflected } from '../use-reflected.ts'
import { artifactsOf, builderOf } from './required-element.tsx'
import { requiredLook } from './required-look.ts'

export function RequiredView({ host, live, api }: ViewProps) {
  const artifacts = artifactsOf(host, live).flatMap((name) => live.artifact(name) ?? [])
  const kindName = host.attribute('kind') ?? builderOf(artifacts) ?? ''
  const kind = kindOf(host, live, kindName === '' ? null : kindName) ?? null
  const { starting, look: start, question } = useStartLook({ host, live, api }, kindName)
  const standing = live.standing()
  const tick = useNow(false)
  const look = requiredLook(artifacts, kind, asOf(standing) ?? tick)
  useReflected(host, { state: look?.state ?? (artifacts.length === 0 ? 'loading' : 'idle'), busy: look?.state === 'building' })
  useChange(artifacts[0]?.condition, (from, to) => host.tell('holdfast-condition', { from, to }))
  if (look === null) return null
  return (
    <section class="banner" part="banner" data-state={look.state} aria-label={look.title}>
      <Icon name={look.state === 'building' ? 'running' : 'required'} />
      <div>
        <b>
          <bdi>{look.title}</bdi>
        </b>
        {look.lines.map((line) => (
          <p key={line}>
            <bdi>{line}</bdi>
          </p>
        ))}
      </div>
      <div class="acts">
        {look.building !== null ? (
          <a class="btn" part="button" href={`${api}jobs/${look.building}`}>
            View
          </a>
        ) : (
          kindName !== '' && <StartButton host={host} look={start} starting={starting} question={question} variant={null} />
        )}
      </div>
    </section>
  )
}
