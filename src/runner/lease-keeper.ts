// Keeps the runner's lease young while it looks after jobs. An idle runner renews nothing and disturbs nobody.
import { limits } from '../core/limits.ts'
import type { House } from './house.ts'

export interface LeaseKeeper {
  /** Renews the lease unless it is young. */
  keep(): Promise<void>
  close(): void
}

export function openLeaseKeeper(house: House, isBusy: () => boolean): LeaseKeeper {
  let leaseUntil = 0

  async function keep(): Promise<void> {
    const now = house.clock.now()
    if (leaseUntil - now > limits.leaseMs - limits.leaseRenewMs) return
    leaseUntil = now + limits.leaseMs
    await house.store.runners.renew({ runnerId: house.place.runnerId, leaseUntil })
  }

  const close = house.clock.every(limits.leaseRenewMs, () => {
    if (isBusy()) keep().catch((error) => house.logger.warn(`the runner could not renew its lease: ${error}`))
  })
  return { keep, close }
}
