// One artifact: what is current, whether it is what is wanted, and what people ask of it.
import { useMemo } from 'react'
import type { ArtifactCondition, ArtifactView, Ask, Build, HoldfastClientError, RollBack, Snapshot } from '../client/index.ts'
import { useAsking } from './asking.ts'
import { isLiveIn, useConnected, useLiveError, useLiveValue, useWanted } from './live-value.ts'
import { useLive } from './provider.ts'

export interface ArtifactState {
  /** Null: not known yet, or there is none; `isLoading` tells. */
  artifact: ArtifactView | null
  isLoading: boolean
  condition: ArtifactCondition | null
  /** Why it is in this condition, as sentences. */
  reasons: readonly string[]
  /** What readers use. */
  current: Snapshot | null
  /** The current snapshot is not what is wanted, or there is none. */
  required: boolean
  /** The job that builds it now, or waits to. */
  building: Build | null
  /** Makes another kept snapshot the current one. */
  rollBack(request?: RollBack): Promise<Snapshot>
  /** Says what the current snapshot should be built from. Starts nothing. */
  want(fingerprint: string | null, request?: Ask): Promise<ArtifactView>
  /** Which of the two is under way. */
  asking: 'rollBack' | 'want' | null
  /** What is shown is as things are. */
  isLive: boolean
  error: HoldfastClientError | null
}

const noReasons: readonly string[] = []

export function useArtifact(name: string): ArtifactState {
  const live = useLive()
  useWanted(live, { artifact: name })
  const found = useLiveValue(live, (one) => one.artifact(name), undefined)
  const isLive = isLiveIn(useConnected(live))
  const heard = useLiveError(live)
  const { asking, refused, ask } = useAsking(live, name)
  const calls = useMemo((): Pick<ArtifactState, 'rollBack' | 'want'> => {
    return {
      rollBack: (request) => ask('rollBack', ({ client }) => client.rollBack(name, request)),
      want: (fingerprint, request) => ask('want', ({ client }) => client.want(name, fingerprint, request)),
    }
  }, [name, ask])
  return useMemo(() => {
    const { condition = null, reasons = noReasons, current = null, required = false, building = null } = found ?? {}
    return {
      ...{ artifact: found ?? null, isLoading: found === undefined && heard === null, condition, reasons, current, required, building },
      ...{ ...calls, asking: asking as ArtifactState['asking'], isLive, error: refused ?? heard },
    }
  }, [found, heard, calls, asking, isLive, refused])
}
