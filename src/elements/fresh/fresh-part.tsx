// What comes when a page first has something to keep fresh: waits for news of the jobs, and has the page asked for again.
import { useEffect, useMemo } from 'preact/hooks'
import type { ViewProps } from '../element.ts'
import { namesOf } from '../names-of.ts'
import { News } from './news.ts'
import { lookSoon, watchReturn } from './page-look.ts'

export function Fresher({ host, live }: ViewProps) {
  const news = useMemo(() => new News(), [live])
  const activity = live.activity()
  useEffect(() => {
    if (activity === null) return
    const askedAt = Date.now() - performance.now() + live.aheadMs()
    if (news.take(activity, namesOf(host.attribute('kinds')), askedAt)) lookSoon()
  }, [activity])
  useEffect(watchReturn, [])
  if (host.id !== '') return null
  return (
    <p part="reason" role="alert">
      `holdfast-fresh` needs an `id`, by which it is found in the page as it is drawn anew.
    </p>
  )
}

export const css: string[] = []
