// The library's API over an opened instance: each call is a line or two on the store, the rules are elsewhere.
import { HoldfastError } from '../core/errors.ts'
import { remainingTime } from '../core/eta.ts'
import type { Job } from '../core/job.ts'
import { limits } from '../core/limits.ts'
import { isSettled } from '../core/transitions.ts'
import { access } from './access.ts'
import { activityLook } from './activity.ts'
import { artifact, artifacts } from './artifacts.ts'
import { checkId, checkOptions } from './checks.ts'
import { control } from './control.ts'
import type { Holdfast } from './holdfast.ts'
import type { Instance } from './instance.ts'
import { definitionOf } from './kinds.ts'
import { notificationControl } from './notifications.ts'
import { looks } from './overview.ts'
import { queueControl } from './queues.ts'
import { readPage, readText } from './read-page.ts'
import { scheduleControl } from './schedules.ts'
import { withMasks } from './secrets.ts'
import { newJob, submitOptions } from './submit.ts'
import { checkAfter, submitMany, submittedOrThrow } from './submit-many.ts'
import { usualTimes } from './usual.ts'
import { followLog, publicJob, watchJob } from './watch.ts'

export function frontDoor(instance: Instance, close: () => Promise<void>): Holdfast {
  const { store, kinds, house } = instance
  const usualOfKind = usualTimes(house)
  const door: Holdfast = {
    data: instance.data,
    async submit(kind, ...[input, options = {}]) {
      checkOptions({ of: 'submit', code: 'invalid_input' }, options, submitOptions)
      const { transaction, after = [], ...others } = options
      // One instant for all: what expires does so after its time, to the millisecond.
      const now = house.clock.now()
      const job = await newJob(definitionOf(kinds, kind), input, { ...others, now })
      const jobs = [{ ...job, after: checkAfter(after) }]
      const [submitted] = submittedOrThrow(await store.jobs.submit({ jobs, now, ...(transaction ? { transaction } : {}) }))
      if (!submitted) throw new Error('A submit of one job has one answer.')
      return submitted
    },
    submitMany: (jobs, options) => submitMany(instance, jobs, options),
    async get(id) {
      const job = await store.jobs.get({ id: checkId(id) })
      return job && publicJob(job)
    },
    async detail(id) {
      const job = await store.jobs.get({ id: checkId(id) })
      if (!job) return null
      const [{ files: _, ...detail }, usual] = await Promise.all([
        store.jobs.detail({ id, events: limits.listPage }),
        usualOfKind(job.kind),
      ])
      const at = house.clock.now()
      const left = job.state === 'running' ? remainingTime(job, usual, at) : null
      return { ...publicJob(job), ...detail, usual, remaining: left && { ...left, at } }
    },
    ...looks(instance),
    activity: activityLook(instance, usualOfKind),
    ...control(instance),
    ...queueControl(instance),
    schedules: scheduleControl(instance),
    access: access(instance),
    notifications: notificationControl(instance),
    async wait(id, options) {
      checkOptions({ of: 'wait' }, options, { signal: true })
      const job = await wait(watchJob(house, id, options?.signal))
      // Whoever waited for a job finds what it published, however late the hint of it comes.
      if (job.artifacts.length > 0) instance.pointers.forget()
      return job
    },
    watch(id, options) {
      checkOptions({ of: 'watch' }, options, { signal: true })
      return watchJob(house, id, options?.signal)
    },
    log: (id, range = {}) => readPage(house, id, range),
    logText: (id, options = {}) => readText(house, id, options),
    followLog(id, options = {}) {
      checkOptions({ of: 'followLog' }, options, { after: true, full: true, signal: true, onUnfinished: true })
      return followLog(house, id, options)
    },
    onChange: (listener) => store.onChange(listener),
    artifact: (name) => artifact(instance, name),
    artifacts: artifacts(instance),
    trouble: () => store.trouble(),
    closing: instance.closing.signal,
    close,
  }
  return withMasks(door, house.masks)
}

async function wait(versions: AsyncIterable<Job>): Promise<Job> {
  for await (const job of versions) if (isSettled(job.state)) return job
  throw new HoldfastError('closed', 'Holdfast was closed.')
}
