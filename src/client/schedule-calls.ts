// The part of the client that is about schedules.
import type { Abortable, Ask } from './client.ts'
import type { Call } from './transport.ts'
import type { Line } from './watch-view.ts'
import type { Json, Polled, ScheduleView, Submitted } from './wire.ts'

export interface PutSchedule extends Abortable {
  kind: string
  /** Five or six fields, or `@daily` and the like. */
  cron: string
  /** Default: the server's own. */
  timeZone?: string
  input?: Json
  missed?: 'skip' | 'once'
}

export interface ScheduleCalls {
  /** By name. */
  schedules(call?: Abortable): Promise<ScheduleView[]>
  schedule(name: string, call?: Abortable): Promise<ScheduleView>
  /** Stores it, or changes what is stored under its name. */
  putSchedule(name: string, schedule: PutSchedule): Promise<ScheduleView>
  /** Answers with what it was. */
  removeSchedule(name: string, call?: Abortable): Promise<ScheduleView>
  pauseSchedule(name: string, request?: Ask): Promise<ScheduleView>
  resumeSchedule(name: string, request?: Ask): Promise<ScheduleView>
  /** Submits its job now; its times stay as they are. */
  runScheduleNow(name: string, request?: Ask): Promise<Submitted & Polled>
}

export function scheduleCalls({ transport }: Line): ScheduleCalls {
  const ask = async <Answer>(path: string, method: NonNullable<Call['method']>, { signal, ...body }: Abortable = {}) =>
    (await transport.json(`api/v1/schedules${path}`, { method, signal, ...(/^P/.test(method) && { body }) })) as Answer
  const pathOf = (name: string) => `/${encodeURIComponent(name)}`
  return {
    schedules: async (call) => (await ask<{ schedules: ScheduleView[] }>('', 'GET', call)).schedules,
    schedule: (name, call) => ask(pathOf(name), 'GET', call),
    putSchedule: (name, schedule) => ask(pathOf(name), 'PUT', schedule),
    removeSchedule: (name, call) => ask(pathOf(name), 'DELETE', call),
    pauseSchedule: (name, request) => ask(`${pathOf(name)}/pause`, 'POST', request),
    resumeSchedule: (name, request) => ask(`${pathOf(name)}/resume`, 'POST', request),
    runScheduleNow: (name, request) => ask(`${pathOf(name)}/run-now`, 'POST', request),
  }
}
