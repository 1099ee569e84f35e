// How everything stands, in one or two sentences. Pure.
import type { Job } from 'holdfast/client'
import { capital, count } from '../../../src/views/format.ts'

export interface Standing {
  /** Without those that have gone silent. */
  running: number
  stalled: number
  waiting: number
  /** Of those that settled last, the ones that did so today. */
  today: readonly Job[]
  /** More may have. */
  isMore: boolean
}

const words = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve']

export function standingSentence(standing: Standing): string {
  return `${nowWords(standing)} ${todayWords(standing)}`
}

function nowWords({ running, stalled, waiting }: Standing): string {
  const silent = stalled === 0 ? '' : `${inWords(stalled)} ${stalled === 1 ? 'has' : 'have'} gone silent`
  if (running > 0) return capital(`${jobs(running)} ${running === 1 ? 'is' : 'are'} running${silent && `, ${silent}`}.`)
  if (stalled > 0) return capital(`${jobs(stalled)} ${stalled === 1 ? 'has' : 'have'} gone silent.`)
  if (waiting > 0) return capital(`Nothing is running, ${jobs(waiting)} ${waiting === 1 ? 'waits' : 'wait'}.`)
  return 'Nothing is running.'
}

function todayWords({ today, isMore }: Standing): string {
  if (today.length === 0) return 'None has finished today.'
  const total = (state: Job['state']) => today.filter((job) => job.state === state).length
  const bad = [
    counted(total('failed'), 'failed'),
    counted(total('interrupted'), 'was interrupted', 'were interrupted'),
    counted(total('cancelled'), 'was cancelled', 'were cancelled'),
    counted(total('expired'), 'was not started in time', 'were not started in time'),
  ].filter((said) => said !== '')
  const of = isMore ? `the last ${count(today.length)} that finished` : `${count(today.length)} that finished today`
  if (bad.length > 0)
    return today.length === 1 ? `The one that finished today ${bad[0]?.replace(/^one /, '')}.` : `Of ${of}, ${joined(bad)}.`
  return today.length === 1 ? 'The one that finished today succeeded.' : capital(`${isMore ? of : `all ${of}`} succeeded.`)
}

function counted(total: number, one: string, many = one): string {
  return total === 0 ? '' : `${inWords(total)} ${total === 1 ? one : many}`
}

function joined(said: readonly string[]): string {
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`
}

function jobs(total: number): string {
  return `${inWords(total)} ${total === 1 ? 'job' : 'jobs'}`
}

function inWords(total: number): string {
  return words[total]?.toLowerCase() ?? count(total)
}
