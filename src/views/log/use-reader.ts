// Where the reader stands in the log, and the ways he moves: follow, stay, to a line, to the start, one stream.
import type { Signal } from '@preact/signals'
import { useSignal, useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import type { Stream } from '../../client/index.ts'
import type { LogWindow } from './log-window.ts'
import { useStillness } from './use-stillness.ts'

export interface Reader extends Moves {
  scroller: RefObject<HTMLDivElement | null>
  following: Signal<boolean>
  onScroll: () => void
  onWheel: (event: WheelEvent) => void
}

interface Moves {
  /** Stops moving along. */
  stay(): void
  /** To the newest line, and along with it from then on. */
  follow(): void
  /** One stream only, or all: from the newest line on. */
  showStream(stream: Stream | null): void
  /** To a line, wherever in the log it is; to the one that stands for it, where it was taken out. `keepStream`: it is one of the stream that is shown. */
  reveal(seq: number, keepStream?: boolean): Promise<void>
  /** Number of the first line in sight; of the one after the last while the reader follows. */
  whereabouts(): number
  /** To the first line. */
  toStart(): Promise<void>
}

/** So near to the end counts as at the end. */
const endPx = 24
/** More lines are asked for before the reader meets the edge. */
const edgePx = 1_200

export function useReader(log: LogWindow, startsAtEnd: boolean): Reader {
  const scroller = useRef<HTMLDivElement>(null)
  const following = useSignal(startsAtEnd)
  const lastTop = useRef(0)
  const onSettled = (element: HTMLElement) => {
    lastTop.current = element.scrollTop
    if (!following.value) lookAround(log, element)
  }
  const settle = useStillness({ scroller, log, isFollowing: () => following.value, onSettled })
  log.isFollowed = () => following.value
  useSignalEffect(() => {
    if (following.value) log.unseen.value = 0
  })
  return {
    scroller,
    following,
    ...movesOf(log, { scroller, following, settle }),
    onWheel: ({ deltaY }) => {
      if (deltaY < 0 && scroller.current !== null && scroller.current.scrollTop > 0) following.value = false
    },
    onScroll: () => {
      const { current } = scroller
      if (current === null) return
      if (gapOf(current) < endPx) following.value ||= log.atEnd.value
      else if (current.scrollTop < lastTop.current - 1) following.value = false
      lastTop.current = current.scrollTop
      lookAround(log, current)
    },
  }
}

interface Stand {
  scroller: RefObject<HTMLElement | null>
  following: Signal<boolean>
  settle: () => void
}

function movesOf(log: LogWindow, { scroller, following, settle }: Stand): Moves {
  const stay = () => {
    following.value = false
  }
  return {
    stay,
    follow: () => {
      following.value = true
      if (log.atEnd.value) settle()
      else void log.showNewest()
    },
    showStream: (stream) => {
      following.value = true
      void log.setStream(stream)
    },
    reveal: async (seq, keepStream = false) => {
      stay()
      if (log.stream.value !== null && !keepStream) await log.setStream(null)
      await log.showAround(seq)
      await nextFrame()
      if (scroller.current !== null) scrollTo(scroller.current, lineFrom(log, seq))
    },
    whereabouts: () => {
      if (following.value || scroller.current === null) return log.newest.value + 1
      return seqInSight(scroller.current) ?? 1
    },
    toStart: async () => {
      stay()
      await log.showAround(1)
      await nextFrame()
      if (scroller.current !== null) scroller.current.scrollTop = 0
    },
  }
}

function lineFrom(log: LogWindow, seq: number): number {
  for (const { lines } of log.blocks.value) for (const line of lines) if (line.seq >= seq) return line.seq
  return seq
}

/** Only the log moves, unless it is not in sight itself. */
function scrollTo(scroller: HTMLElement, seq: number): void {
  const line = scroller.querySelector(`#L${seq}`)
  if (line === null) return
  // The browser guesses the height of what it has not drawn: the second time it knows.
  for (let time = 0; time < 2; time++) line.scrollIntoView({ block: 'center', inline: 'nearest' })
}

function seqInSight(scroller: HTMLElement): number | null {
  const top = scroller.getBoundingClientRect().top
  for (const block of scroller.querySelectorAll('.block')) {
    if (block.getBoundingClientRect().bottom <= top) continue
    for (const line of block.querySelectorAll('.ln')) if (line.getBoundingClientRect().bottom > top) return Number(line.id.slice(1))
  }
  return null
}

function lookAround(log: LogWindow, scroller: HTMLElement): void {
  if (!log.loaded.value) return
  if (scroller.scrollTop < edgePx) void log.loadEarlier()
  if (gapOf(scroller) < edgePx) void log.loadLater()
}

function gapOf({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()))
}
