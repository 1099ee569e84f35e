// A process of its own in which one system is measured: opens it, then does the tasks that the bench sends, one after the other.
// Usage: forked by measured.ts with the system's module, address and setting.

import type { OpenSystem } from './measured-system.ts'
import { type Answers, type Task, tasks } from './tasks.ts'

// First of all: the bench may be gone before the system is open.
process.on('disconnect', () => process.exit())
const [module = '', address = '', setting = ''] = process.argv.slice(2)
const { openSystem } = (await import(module)) as { openSystem: OpenSystem }
const system = await openSystem({ address, setting })
const perform = tasks(system)

process.on('message', async (task: Task) => {
  try {
    const answer = await perform(task)
    process.send?.({ answer })
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
process.send?.({ answer: {} satisfies Answers['ready'] })
