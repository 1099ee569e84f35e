// A table whose rows are drawn as a grid on phones is no table to a screen reader any more, unless it says so.
export const table = { role: 'table' } as const
export const row = { role: 'row' } as const
export const cell = { role: 'cell' } as const
export const head = { role: 'columnheader' } as const
export const group = { role: 'rowgroup' } as const
