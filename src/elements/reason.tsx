// The reason that stands beside what cannot be pressed.
import { Icon } from '../views/icon.tsx'
import type { Why } from './standing-words.ts'

export function Reason({ why, id }: { why: Why; id?: string }) {
  return (
    <p class={why.isBad ? 'reason is-bad' : 'reason'} part="reason" id={id}>
      <Icon name={why.icon ?? 'info'} />
      <span>
        <bdi>{why.words}</bdi>
        {why.link && (
          <>
            {' '}
            <a href={why.link.href} {...(why.link.isElsewhere && { target: '_blank', rel: 'noopener' })}>
              {why.link.words}
            </a>
          </>
        )}
      </span>
    </p>
  )
}
