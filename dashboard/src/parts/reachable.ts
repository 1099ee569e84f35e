// What scrolls has to be reachable by keyboard, though nothing in it can be pressed.

export function reachable(label: string) {
  return { tabIndex: 0, role: 'region', 'aria-label': label } as const
}
