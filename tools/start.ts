// `npm start`: the recommend example, with its dashboard built.
import { run } from '../examples/recommend/main.ts'
import { ensureDashboard } from './dashboard.ts'

try {
  ensureDashboard()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
await run()
