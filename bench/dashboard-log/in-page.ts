// What runs inside of the page that is measured: sent there as text.
import type { Page } from 'playwright-core'

/** `painted` resolves with the milliseconds from the start of the navigation to the frame after the line is there. */
export function whenPainted(seq: number): string {
  return `globalThis.painted = new Promise((resolve) => {
    const look = () => {
      if (document.querySelector('#L${seq}') === null) requestAnimationFrame(look)
      else requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    }
    look()
  })`
}

export interface Frames {
  frames: number
  longestMs: number
  longTasks: number
}

export function startFrames(page: Page, ms: number): Promise<Frames> {
  return page.evaluate(
    `new Promise((resolve) => {
      let [frames, longestMs, longTasks] = [0, 0, 0]
      new PerformanceObserver((list) => { longTasks += list.getEntries().length }).observe({ type: 'longtask' })
      const began = performance.now()
      let last = began
      const frame = () => {
        const now = performance.now()
        longestMs = Math.max(longestMs, now - last)
        last = now
        if (now - began >= ${ms}) resolve({ frames, longestMs, longTasks })
        else { frames++; requestAnimationFrame(frame) }
      }
      requestAnimationFrame(frame)
    })`,
  )
}

export interface ScrolledBack {
  looks: number
  faults: string[]
  first: number
  most: number
}

/** Goes up, half a screen in each frame, and looks whether the lines are one unbroken stretch that reaches into the one before. */
export function scrollBack(page: Page): Promise<ScrolledBack> {
  return page.evaluate(
    `new Promise((resolve) => {
      const scroller = document.querySelector('.scroller')
      const faults = []
      let [looks, most, frames, reached, still] = [0, 0, 0, Infinity, 0]
      const look = () => {
        const seqs = [...scroller.querySelectorAll('.ln[id]')].map(({ id }) => Number(id.slice(1)))
        looks++
        most = Math.max(most, seqs.length)
        const broken = seqs.findIndex((seq, place) => seq !== seqs[0] + place)
        if (broken !== -1) faults.push('after ' + seqs[broken - 1] + ' comes ' + seqs[broken])
        if (reached !== Infinity && seqs.at(-1) < reached - 1) faults.push('between ' + seqs.at(-1) + ' and ' + reached)
        still = seqs[0] < reached ? 0 : still + 1
        reached = Math.min(reached, seqs[0])
      }
      const frame = () => {
        scroller.scrollTop -= 2000
        if (++frames % 5 === 0) look()
        if ((reached === 1 && scroller.scrollTop === 0) || still > 2000 || faults.length > 5) resolve({ looks, faults, first: reached, most })
        else requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
    })`,
  )
}
