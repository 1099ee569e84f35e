// Notifications as people set them: whom to tell, and a test. What is told, and when it is sent, is the store's and the runner's.
import { randomUUID } from 'node:crypto'
import { HoldfastError } from '../core/errors.ts'
import { limits } from '../core/limits.ts'
import { defaultNotifyEvents, messageId, type NotifyEvent, notifyEvents, type TargetType, targetTypes } from '../core/notification.ts'
import { send } from '../runner/send-notification.ts'
import type { NewTarget, TargetRecord } from '../store/store.ts'
import { checkOptions, isName, nameRule } from './checks.ts'
import type { Instance } from './instance.ts'
import type { Notifications, NotificationTarget, NotificationTest, NotifyOptions } from './notification-types.ts'

export function notificationControl(instance: Instance): Notifications {
  const { store } = instance
  return {
    list: async () => (await store.notifications.list()).map(view),
    put: async (target) => view(await putTarget(instance, target, { revives: true })),
    async remove(name) {
      if (!isName(name) || !(await store.notifications.remove({ name }))) notFound(name)
    },
    async test(name) {
      const target = isName(name) ? await store.notifications.get({ name }) : null
      return testTarget(instance, target ?? notFound(name))
    },
  }
}

/** `revives`: a person puts it right, so what was switched off goes on. At opening, only another address does that. @throws HoldfastError `invalid_input` */
export async function putTarget(
  { store, house }: Instance,
  options: NotifyOptions,
  { revives }: { revives: boolean },
): Promise<TargetRecord> {
  const stored = await store.notifications.put({ target: checked(options), revives, now: house.clock.now() })
  if (stored === 'too many') throw wrong('name', `one of those there are: there may be ${limits.notificationTargets} targets`)
  return stored
}

async function testTarget({ store, house }: Instance, target: TargetRecord): Promise<NotificationTest> {
  const now = house.clock.now()
  // Each test is a message of its own.
  const id = messageId(randomUUID(), { id: 0, at: now })
  const message = { id, event: 'test', at: now, job: null } as const
  const { delivered, status, answer, why } = await send({ target, message, publicUrl: house.publicUrl?.() ?? null, now })
  await store.notifications.noteTest({ name: target.name, error: why === null ? null : `test: ${why}`, now: house.clock.now() })
  return { delivered, status, answer, error: why }
}

const known = {
  name: true,
  type: true,
  url: true,
  secret: true,
  events: true,
  kinds: true,
} satisfies Record<keyof NotifyOptions, true>

function checked(options: NotifyOptions): NewTarget {
  checkOptions({ of: 'a notification target', code: 'invalid_input' }, options, known)
  const { name, type, url, secret, events = defaultNotifyEvents, kinds } = options
  if (!isName(name)) throw wrong('name', nameRule)
  if (!targetTypes.includes(type)) throw wrong('type', targetTypes.join(' or '))
  checkUrl(type, url)
  if (secret !== undefined && secret !== null) checkSecret(type, secret)
  return { name, type, url, secret, events: checkEvents(events), kinds: kinds === undefined ? null : checkKinds(kinds) }
}

function checkUrl(type: TargetType, url: unknown): void {
  const parsed = typeof url === 'string' && url.length <= urlCharacters && URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw wrong('url', 'an address such as https://example.com/hook')
  if (parsed.username !== '' || parsed.password !== '') throw wrong('url', 'an address without a user name and password')
  if (type === 'ntfy' && !isTopic(parsed)) throw wrong('url', 'the address of a topic, such as https://ntfy.sh/my-topic')
}

const urlCharacters = 2_000

function isTopic({ pathname, search, hash }: URL): boolean {
  return /\/[-\w]{1,64}\/?$/.test(pathname) && search === '' && hash === ''
}

function checkSecret(type: TargetType, secret: unknown): void {
  if (type === 'ntfy') {
    if (typeof secret !== 'string' || !/^[\x21-\x7e]{1,512}$/.test(secret)) throw wrong('secret', 'an access token such as tk_…')
    return
  }
  const key = typeof secret === 'string' ? /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1] : undefined
  const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').length
  if (bytes < 24 || bytes > 64) throw wrong('secret', '"whsec_" and 24 to 64 random bytes as base64')
}

function checkEvents(events: unknown): readonly NotifyEvent[] {
  const isList = Array.isArray(events) && events.length > 0 && events.every((event) => notifyEvents.includes(event))
  if (!isList) throw wrong('events', `a list of ${notifyEvents.join(', ')}`)
  return notifyEvents.filter((event) => events.includes(event))
}

function checkKinds(kinds: unknown): readonly string[] {
  const isList = Array.isArray(kinds) && kinds.length > 0 && kinds.length <= limits.listPage && kinds.every(isName)
  if (!isList) throw wrong('kinds', `a list of at most ${limits.listPage} kinds, or left out for all`)
  return [...new Set<string>(kinds)]
}

function wrong(field: string, expected: string): HoldfastError {
  return new HoldfastError('invalid_input', `Notification target rejected: ${field} must be ${expected}.`, { details: { field } })
}

function view({ secret, heldUntil: _heldUntil, ...target }: TargetRecord): NotificationTarget {
  return { ...target, hasSecret: secret !== null }
}

function notFound(name: string): never {
  throw new HoldfastError('notification_not_found', `There is no notification target "${name}".`, { details: { name } })
}
