// What is true now and needs to be known: required and in what, being built, failed. It never starts anything.
import type { ArtifactDetail, Build, Wanted } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { time } from '../../../src/views/format.ts'
import { Icon, type IconName } from '../../../src/views/icon.tsx'
import { kinds } from '../client.ts'
import { clock } from '../live.ts'
import { link } from '../place.ts'
import { endingOf } from './artifact-words.ts'
import { Differences } from './differences.tsx'
import { differences } from './fingerprint.ts'

export function ConditionBanner({ artifact }: { artifact: ArtifactDetail }) {
  const { condition, building, last, required, wanted, current } = artifact
  return (
    <>
      {condition === 'failed' && last && <FailedBanner artifact={artifact} last={last} />}
      {building && <BuildingBanner artifact={artifact} building={building} />}
      {required && wanted && !building && (
        <Banner
          state="required"
          icon="required"
          title={current ? builtFromElse(current.fingerprint) : 'It was never built from what is wanted'}
        >
          <FromTo from={current?.fingerprint ?? null} wanted={wanted} />
          <p>{whoBuilds(artifact)}</p>
        </Banner>
      )}
    </>
  )
}

function FailedBanner({ artifact: { current }, last }: { artifact: ArtifactDetail; last: Build }) {
  const kept = current === null ? 'There is no snapshot yet.' : `Snapshot ${current.number} is unchanged, and readers keep it.`
  return (
    <Banner
      state="failed"
      icon="cross"
      title={`The last build, #${last.jobId}, ${endingOf(last) ?? last.state}`}
      act={<JobLink build={last} word="See why" />}
    >
      {last.failure !== null && (
        <p>
          <bdi>“{last.failure.message}”</bdi>
        </p>
      )}
      <p>Nothing was published. {kept}</p>
    </Banner>
  )
}

function BuildingBanner({ artifact, building }: { artifact: ArtifactDetail; building: Build }) {
  const { anotherRequired, wanted, current, next } = artifact
  const waits = building.state === 'queued'
  const title = waits ? `#${building.jobId} is queued to build it` : `#${building.jobId} builds it now`
  const kept =
    current === null ? 'It is published when that succeeds.' : `Readers keep snapshot ${current.number} until that has succeeded.`
  return (
    <Banner
      state={anotherRequired ? 'required' : waits ? 'queued' : 'running'}
      icon={anotherRequired ? 'required' : waits ? 'queued' : 'running'}
      title={anotherRequired ? `${title}, and another build will be required` : title}
      act={<JobLink build={building} word="Watch it" />}
    >
      {anotherRequired && wanted && <FromTo from={building.fingerprint} wanted={wanted} />}
      <p>
        {kept}
        {next !== null && ` #${next.jobId} is queued to build it after that.`}
      </p>
    </Banner>
  )
}

interface BannerProps {
  state: 'required' | 'running' | 'queued' | 'failed'
  icon: IconName
  title: string
  act?: ComponentChildren
  children: ComponentChildren
}

function Banner({ state, icon, title, act, children }: BannerProps) {
  return (
    <section class="banner" data-state={state} aria-label={title}>
      <Icon name={icon} />
      <div>
        <b>{title}</b>
        {children}
      </div>
      {act !== undefined && <div class="acts">{act}</div>}
    </section>
  )
}

function JobLink({ build, word }: { build: Build; word: string }) {
  return (
    <a class="btn" href={link(`jobs/${build.jobId}`)}>
      {word}
    </a>
  )
}

function FromTo({ from, wanted }: { from: string | null; wanted: Wanted }) {
  const told = from === null ? [{ name: null, from: null, to: wanted.fingerprint }] : differences(from, wanted.fingerprint)
  return (
    <p class="from-to">
      <Differences of={told} most={6} />
      <span>
        {wanted.by === null ? (
          'changed'
        ) : (
          <>
            changed by <bdi>{wanted.by}</bdi>
          </>
        )}{' '}
        at {time(wanted.at, clock.value)}
      </span>
    </p>
  )
}

function builtFromElse(fingerprint: string | null): string {
  return fingerprint === null
    ? 'The current snapshot does not say what it was built from'
    : 'The current snapshot was built from other settings'
}

function whoBuilds({ name }: ArtifactDetail): string {
  const builders = kinds.value.filter(({ artifacts }) => artifacts.includes(name)).map(({ title }) => title)
  if (builders.length === 0) return 'Nothing starts by itself; readers keep the current snapshot.'
  return `Nothing starts by itself. Job type ${builders.join(' or ')} builds it, when your app or you ask for it.`
}
