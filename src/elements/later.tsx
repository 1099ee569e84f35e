// Parts of the script that come when they are first needed. What stands in the page meanwhile has their shape.
import type { ComponentType, VNode } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { HoldfastElement, ViewProps } from './element.ts'
import type * as FreshPartsScript from './fresh/fresh-part.tsx'
import type * as LogPartsScript from './log/log-part.tsx'
import type * as PartsScript from './parts.ts'

type Parts = typeof PartsScript
type LogParts = typeof LogPartsScript
type FreshParts = typeof FreshPartsScript

const parts = later<Parts>()
const logParts = later<LogParts>()
const freshParts = later<FreshParts>()

/** They use what is here, so that whoever starts says where they are. */
export function setScripts(scripts: Scripts): void {
  parts.source = scripts.parts
  logParts.source = scripts.log
  freshParts.source = scripts.fresh
}

interface Scripts {
  parts: () => Promise<Parts>
  log: () => Promise<LogParts>
  fresh: () => Promise<FreshParts>
}

export const loadParts = parts.load

/** Null until they are there; asked for once they are wanted. */
export function useParts(host: HoldfastElement, isWanted = true): Parts | null {
  return useLater(parts, host, isWanted)
}

export function useLogParts(host: HoldfastElement): LogParts | null {
  return useLater(logParts, host, true)
}

export function useFreshParts(host: HoldfastElement): FreshParts | null {
  return useLater(freshParts, host, true)
}

export interface LaterViewProps extends ViewProps {
  view: (parts: Parts) => ComponentType<ViewProps>
  meanwhile: VNode | null
}

export function LaterView({ view, meanwhile, ...props }: LaterViewProps) {
  const loaded = useParts(props.host)
  useEffect(() => {
    if (loaded === null) props.host.setAttribute('state', 'loading')
  }, [])
  if (loaded === null) return meanwhile
  const View = view(loaded)
  return <View {...props} />
}

interface Later<Module> {
  source: (() => Promise<Module>) | null
  module: Module | null
  load(): Promise<Module>
}

function later<Module>(): Later<Module> {
  let loading: Promise<Module> | null = null
  const all: Later<Module> = {
    source: null,
    module: null,
    load: () => {
      loading ??= (all.source?.() ?? Promise.reject(new Error())).then(
        (module) => {
          all.module = module
          return module
        },
        (error: unknown) => {
          loading = null
          throw error
        },
      )
      return loading
    },
  }
  return all
}

function useLater<Module extends { css: string[] }>(wanted: Later<Module>, host: HoldfastElement, isWanted: boolean): Module | null {
  const [, redraw] = useState<unknown>(null)
  const { module } = wanted
  useEffect(() => {
    // Not to be had now: asked for again when something has changed.
    if (isWanted && module === null) wanted.load().then(redraw, () => {})
  })
  useLayoutEffect(() => {
    if (isWanted && module !== null) host.adopt(module.css)
  }, [host, module, isWanted])
  return module
}
