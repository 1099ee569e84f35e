// What the one who looks may do. What he may not stays where it is, can be reached, and says why beside it.
import type { Role } from 'holdfast/client'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from '../../src/views/icon.tsx'
import { session } from './session.ts'

export interface May {
  is: boolean
  /** For a button: what pressing it does, unless it may not be pressed or something is under way. */
  press(deed: () => unknown, busy?: boolean): { onClick: () => void; 'aria-disabled'?: boolean; 'aria-describedby'?: string }
  /** To be put beside the buttons; null where they may be pressed. */
  reason: ComponentChildren
}

const order: readonly Role[] = ['viewer', 'operator', 'admin']

/** Before the server has said who asks, it is left to the server. */
export function isAllowed(needed: Role): boolean {
  const role = session.value?.user?.role
  return role === undefined || order.indexOf(role) >= order.indexOf(needed)
}

/** `what` ends the sentence: "an operator can start jobs". */
export function useMay(needed: Exclude<Role, 'viewer'>, what: string): May {
  const id = useId()
  const is = isAllowed(needed)
  return {
    is,
    press(deed, busy = false) {
      if (!is) return { onClick: () => {}, 'aria-disabled': true, 'aria-describedby': id }
      return { onClick: () => void (busy || deed()), 'aria-disabled': busy }
    },
    reason: is ? null : (
      <p class="may-not" id={id}>
        <Icon name="lock" />
        {reasonWords(needed, what)}
      </p>
    ),
  }
}

function reasonWords(needed: Role, what: string): string {
  return `You are ${session.value?.user?.role === 'operator' ? 'an operator' : 'a viewer'} here: ${needed === 'admin' ? 'an admin' : 'an operator'} can ${what}.`
}
